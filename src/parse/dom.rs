//! The HTML tree, built within bounds: the only place that names `scraper` and `html5ever`.
//!
//! html5ever is quadratic in the depth of the tree and in the attributes of one tag, and no timeout
//! can interrupt it. So attributes are counted before, and the depth is looked at between two pieces
//! of the text. The tree is not `Send`: whoever asks for it uses it on the spot.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

/// Bytes between two looks at the depth: about a thousand tags at most.
const PIECE_BYTES: usize = 4 * 1024;

/// No honest tag has as many; a hundred thousand take seconds.
const ATTRIBUTES_MAX: usize = 1_000;

/// The tree of `html`, or none when it nests more than `depth_max` deep (512 levels take about a
/// millisecond, 100 000 half a minute) or one tag has more than 1 000 attributes.
pub fn parse(html: &str, depth_max: usize) -> Option<Html> {
    if has_monstrous_tag(html) {
        return None;
    }
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        parser.process(StrTendril::from(piece));
        if depth(&parser.tokenizer.sink.sink.0.borrow()) > depth_max {
            return None;
        }
        rest = after;
    }
    Some(parser.finish())
}

/// How deep the branch that is being written to lies: the last child of the last child, and so on.
fn depth(tree: &Html) -> usize {
    let (mut depth, mut node) = (0, tree.tree.root());
    while let Some(child) = node.last_child() {
        depth += 1;
        node = child;
    }
    depth
}

/// Whether between some `<` and the next `>` outside quotes stand too many words.
fn has_monstrous_tag(html: &str) -> bool {
    let (mut in_tag, mut quote, mut words, mut before) = (false, None, 0, b' ');
    for &byte in html.as_bytes() {
        match (in_tag, quote) {
            (false, _) => {
                in_tag = before == b'<' && byte.is_ascii_alphabetic();
                words = 0;
            }
            (true, Some(open)) => {
                if byte == open {
                    quote = None;
                }
            }
            (true, None) => match byte {
                b'>' => in_tag = false,
                b'"' | b'\'' if before == b'=' => quote = Some(byte),
                // A slash and a closed quote part attributes as space does.
                _ if matches!(
                    before,
                    b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' | b'/' | b'"' | b'\''
                ) =>
                {
                    words += usize::from(!byte.is_ascii_whitespace());
                }
                _ => {}
            },
        }
        if words > ATTRIBUTES_MAX {
            return true;
        }
        before = byte;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_becomes_a_tree() {
        let page = "<ul>".to_owned() + &"<li><p>가 <b>b</b>".repeat(5_000);
        let tree = parse(&page, 512).expect("flat, whatever its end tags");
        assert_eq!(tree.root_element().text().filter(|text| *text == "b").count(), 5_000);
    }

    #[test]
    fn a_tree_without_end_is_refused() {
        assert!(parse(&"<div>".repeat(100_000), 512).is_none());
        assert!(parse(&"<ul><li>".repeat(60_000), 512).is_none());
        assert!(parse(&"<div>".repeat(500), 512).is_some());
    }

    #[test]
    fn a_tag_with_a_hundred_thousand_attributes_is_refused() {
        let many = |between: &str| {
            let attributes: Vec<String> = (0..100_000).map(|n| format!("a{n}=''")).collect();
            format!("<p {}>x</p>", attributes.join(between))
        };
        for between in [" ", "/", "\n", ""] {
            assert!(parse(&many(between), 512).is_none(), "{between:?}");
        }
        let long = format!("<path d=\"{}\">", "M 1 2 ".repeat(10_000));
        assert!(parse(&long, 512).is_some());
    }
}
