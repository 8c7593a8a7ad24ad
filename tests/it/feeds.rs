//! Feeds in our own words, built item by item.

/// An item of a feed. The title is put in as it stands: it is XML text already.
#[derive(Clone, Copy)]
pub(crate) struct Story {
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
}

/// An RSS 2.0 document with these items, newest first.
pub(crate) fn rss(stories: &[Story]) -> String {
    let items: String = stories
        .iter()
        .map(|story| {
            format!(
                "<item><title>{}</title><link>https://news.example/{slug}</link>\
                 <guid isPermaLink=\"false\">{slug}</guid><description>{}</description>\
                 <pubDate>Mon, 23 Nov 2026 09:00:00 +0900</pubDate></item>\n",
                story.title,
                story.lead,
                slug = story.slug
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>\
         <title>News</title><link>https://news.example/</link><description>News</description>\n{items}</channel></rss>\n"
    )
}
