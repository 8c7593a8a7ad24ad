//! The HTML tree, built within bounds: the only place that names `scraper` and `html5ever`.
//!
//! html5ever is quadratic in the depth of the tree, and no timeout can interrupt it. So it is fed
//! in pieces, and the depth is looked at between two of them. The tree is not `Send`: whoever asks
//! for it uses it on the spot.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

/// Bytes between two looks at the depth: about a thousand tags at most.
const PIECE_BYTES: usize = 4 * 1024;

/// The tree of `html`, or none when it nests more than `depth_max` deep (512 levels take about a
/// millisecond, 100 000 half a minute).
pub fn parse(html: &str, depth_max: usize) -> Option<Html> {
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
    std::iter::successors(tree.tree.root().last_child(), |node| node.last_child()).count()
}
