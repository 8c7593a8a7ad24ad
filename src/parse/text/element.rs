//! The elements of HTML, by what they do to the text round them.
//!
//! A table; must never see a document. Called by `scan`.

/// What an element does to the text round it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Inline,
    Cell,
    Block,
    /// Its content is not for readers; the number is its bit in the scanner.
    Raw(u8),
    /// Its content is text without tags; the number likewise.
    Words(u8),
}

/// The element of HTML with this name.
pub(super) fn element(name: &str) -> Option<Element> {
    let mut buffer = [0_u8; 12];
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    Some(match std::str::from_utf8(lower).ok()? {
        "address" | "article" | "aside" | "blockquote" | "body" | "br" | "caption" | "center"
        | "dd" | "details" | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption"
        | "figure" | "footer" | "form" | "frameset" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
        | "head" | "header" | "hgroup" | "hr" | "html" | "legend" | "li" | "listing" | "main"
        | "menu" | "nav" | "ol" | "optgroup" | "option" | "p" | "pre" | "search" | "section"
        | "select" | "summary" | "table" | "tbody" | "tfoot" | "thead" | "tr" | "ul" => {
            Element::Block
        }
        "td" | "th" | "button" | "input" | "audio" | "video" | "object" => Element::Cell,
        "script" => Element::Raw(1),
        "style" => Element::Raw(2),
        "iframe" => Element::Raw(4),
        "noembed" => Element::Raw(8),
        "noframes" => Element::Raw(16),
        "title" => Element::Words(32),
        "textarea" => Element::Words(64),
        "xmp" => Element::Words(128),
        "a" | "abbr" | "acronym" | "applet" | "area" | "b" | "base" | "basefont" | "bdi"
        | "bdo" | "big" | "blink" | "canvas" | "cite" | "code" | "col" | "colgroup" | "data"
        | "datalist" | "del" | "dfn" | "em" | "embed" | "font" | "frame" | "i" | "img" | "ins"
        | "kbd" | "label" | "link" | "map" | "mark" | "marquee" | "math" | "meta" | "meter"
        | "nobr" | "noscript" | "output" | "param" | "picture" | "progress" | "q" | "rp" | "rt"
        | "ruby" | "s" | "samp" | "slot" | "small" | "source" | "span" | "strike" | "strong"
        | "sub" | "sup" | "svg" | "template" | "time" | "track" | "tt" | "u" | "var" | "wbr" => {
            Element::Inline
        }
        _ => return None,
    })
}
