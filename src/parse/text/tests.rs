//! What readers see of HTML, titles and plain text.

use proptest::prelude::*;

use crate::parse::text::{from_html, line, plain};

#[test]
fn blocks_begin_lines_and_inline_tags_leave_no_gap() {
    let table = [
        (
            "<p>Seoul and <b>Brussels</b> met.</p><p>They agreed.</p>",
            "Seoul and Brussels met.\nThey agreed.",
        ),
        ("the 8<sup>th</sup> meeting", "the 8th meeting"),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("<ul><li>a</li><li>b</ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("a\n  b\t c", "a b c"),
        ("plain", "plain"),
        ("", ""),
        ("<img src=x>", ""),
        ("<pre>a</pre>b", "a\nb"),
    ];
    for (html, wanted) in table {
        assert_eq!(from_html(html), wanted, "{html}");
    }
}

#[test]
fn what_is_not_for_readers_is_left_out() {
    let table = [
        ("a<script>if (a < b) alert('</p>')</script>b", "ab"),
        ("a<SCRIPT type='x>y'>no</Script\n>b", "ab"),
        ("a<style>p { color: red }</style>b", "ab"),
        ("a<!-- no > no -->b", "ab"),
        ("a<!-->b<!--->c<!-- no --!>d", "abcd"),
        ("a<!-- no", "a"),
        ("a<!doctype html>b<?xml version='1'?>c</ no>d", "abcd"),
        ("a<iframe src=x>no</iframe>b", "ab"),
        ("a<script>no", "a"),
        ("a<script src='x'/>b", "ab"),
        ("<![CDATA[<p>in</p>]]>", "in"),
        ("<title>a <b> c</title>d", "a <b> c\nd"),
        ("<textarea><p>x</textarea>y", "<p>x\ny"),
    ];
    for (html, wanted) in table {
        assert_eq!(from_html(html), wanted, "{html}");
    }
}

#[test]
fn attributes_may_hold_anything() {
    let table = [
        ("<a title='a > b' href=\"x>y\">link</a>", "link"),
        ("<a title = 'a > b'>link</a>", "link"),
        ("<a href=x/y>link</a>", "link"),
        ("<a 'x>link</a>", "link"),
        ("<a href=\"x>link</a> and more", "link and more"),
        ("<p<b>x</p>", "x"),
    ];
    for (html, wanted) in table {
        assert_eq!(from_html(html), wanted, "{html}");
    }
}

#[test]
fn a_text_cut_inside_a_tag_loses_the_tag_alone() {
    assert_eq!(from_html("Seoul <a href=\"https://exam"), "Seoul");
    assert_eq!(from_html("Seoul <zzz"), "Seoul <zzz");
    assert_eq!(from_html("5 < 6 and 7 > 6 <"), "5 < 6 and 7 > 6 <");
}

#[test]
fn entities_come_off_to_the_last_layer() {
    assert_eq!(from_html("한&amp;middot;EU &nbsp; R&amp;amp;D"), "한·EU R&D");
    assert_eq!(from_html("&lt;b&gt;"), "<b>");
}

#[test]
fn html_escaped_once_too_often_is_read_as_html() {
    assert_eq!(from_html("&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;"), "one\ntwo");
    assert_eq!(from_html("use &lt;p&gt; and &lt;/p&gt;"), "use <p> and </p>");
}

#[test]
fn titles_keep_signs_that_are_no_tags() {
    let table = [
        ("a < b", "a < b"),
        ("R&D, R&amp;D", "R&D, R&D"),
        ("x<y>z", "x<y>z"),
        ("Vec<String> & co.", "Vec<String> & co."),
        ("a <b and c> d", "a <b and c> d"),
        ("<b>Bold</b> <i class='x'>news</i>", "Bold news"),
        ("8<sup>th</sup> dialogue", "8th dialogue"),
        ("two<br>lines\nand  more", "two lines and more"),
        ("<script>no()</script>yes", "yes"),
        ("<!-- no -->yes", "yes"),
        ("a <!-- b", "a <!-- b"),
        ("&lt;b&gt; in HTML", "<b> in HTML"),
        ("<<한국>> 소식", "<<한국>> 소식"),
        ("<한-EU> 회담", "<한-EU> 회담"),
        ("a<", "a<"),
    ];
    for (text, wanted) in table {
        assert_eq!(line(text), wanted, "{text}");
    }
}

#[test]
fn titles_lose_tags_that_html_does_not_know_but_that_show_to_be_tags() {
    let table = [
        ("a <o:p>c</o:p>", "a c"),
        ("a <o:p/>c", "a c"),
        ("a <my-el>b</my-el> <my-el>c</my-el>", "a b c"),
        ("x <maction actiontype=\"statusline\">y</maction>", "x y"),
        ("x <span2 class='a'>y", "x y"),
        ("<T> of <EU> <속보> <a@b.kr>", "<T> of <EU> <속보> <a@b.kr>"),
        ("<EU:Korea> <http://e.org/x> <doi:10.1>", "<EU:Korea> <http://e.org/x> <doi:10.1>"),
        ("Vec<T></T2>", "Vec<T></T2>"),
    ];
    for (text, wanted) in table {
        assert_eq!(line(text), wanted, "{text}");
    }
    let many = (0..10_000).fold(String::new(), |many, n| many + "<q" + &n.to_string() + ">");
    assert_eq!(line(&many), many);
}

#[test]
fn invisible_characters_go_and_hangul_is_composed() {
    let table = [
        ("한\u{200b}국\u{3164}\u{feff}", "한국"),
        ("so\u{ad}lar", "solar"),
        ("\u{202e}abc\u{202c}", "abc"),
        ("a\u{0}b\u{7}c\u{81}d", "abcd"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", "한국"),
        ("e\u{301}", "é"),
        ("a\u{a0}\u{3000}\u{2003}b", "a b"),
        ("👩\u{200d}🔬", "👩\u{200d}🔬"),
        ("E\u{200d}U", "EU"),
        ("K\u{212a}", "KK"),
        ("＆ ①", "＆ ①"),
    ];
    for (text, wanted) in table {
        assert_eq!(plain(text), wanted, "{text:?}");
    }
}

/// Latin-1 taken for what was windows-1252, as old editors and databases do.
#[test]
fn a_control_character_that_windows_1252_shows_as_a_sign_is_that_sign() {
    let table = [
        ("Korea\u{92}s \u{93}chips\u{94} \u{96} \u{80}5bn\u{85}", "Korea’s “chips” – €5bn…"),
        ("&#146;&#x80;&#150;", "’€–"),
        ("&amp;#146;", "’"),
        ("\u{8a}koda", "Škoda"),
        ("a\u{81}\u{8d}\u{8f}\u{90}\u{9d}b", "ab"),
        ("한\u{95}EU", "한•EU"),
    ];
    for (text, wanted) in table {
        assert_eq!(line(text), wanted, "{text:?}");
        assert_eq!(from_html(&format!("<p>{text}</p>")), wanted, "{text:?}");
    }
    assert_eq!(plain("it\u{92}s"), "it’s");
}

#[test]
fn plain_text_is_not_read_as_html() {
    assert_eq!(plain("a <b>c</b> &amp; d"), "a <b>c</b> &amp; d");
}

/// Each of these was quadratic in some reader; a hundred thousand of each must pass unnoticed.
#[test]
fn monsters_are_read_in_linear_time() {
    let monsters = [
        "<div>",
        "<a x='>' ",
        "<q1 x='>' ",
        "<title>",
        "<!--",
        "<script>",
        "<a href=\"",
        "</",
        "<![CDATA[",
        "&amp;",
        "&",
        "<x",
        "<textarea><!--",
        "<a =",
        "\u{301}",
        "&#",
        "&lt;div&gt;",
        "<iframe>",
        "<script/>",
        "<q>",
        "<z>",
        "<z></z>",
        "<z:z>",
    ];
    for monster in monsters {
        let many = monster.repeat(100_000);
        for read in [from_html, line, plain] {
            assert!(read(&many).len() <= many.len());
            assert!(read(&format!("{many}>")).len() <= many.len() + 1);
        }
    }
}

#[test]
fn no_number_of_tags_in_a_title_that_never_end_takes_long() {
    let title = "<b ".repeat(100_000) + ">";
    assert_eq!(line(&title).matches("<b").count(), 99_999);
    assert_eq!(line("a <b c <i>d</i> <b>e</b> <b f=\"<i>\">g"), "a <b c d e g");
}

#[test]
fn every_character_comes_out_composed() {
    use unicode_normalization::is_nfc;
    for c in '\u{a1}'..='\u{1ffff}' {
        for before in ["가", "\u{1100}"] {
            let text = plain(&format!("{before}{c}"));
            assert!(is_nfc(&text), "{before} with U+{:04X}", u32::from(c));
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        from_html(&text);
        line(&text);
    }

    #[test]
    fn any_soup_of_markup_is_read(parts in prop::collection::vec(
        prop::sample::select(vec![
            "<", ">", "/", "!", "--", "a", "p", "script", "title", "=", "\"", "'", " ", "&", "#", "x", ";", "amp",
            "[CDATA[", "]]", "?", "한", "\u{301}", "\u{200b}", "\n", "lt",
        ]), 0..60)) {
        let html = parts.concat();
        from_html(&html);
        prop_assert!(!line(&html).contains('\n'));
    }

    #[test]
    fn plain_text_read_twice_is_the_same(text in any::<String>()) {
        let once = plain(&text);
        prop_assert_eq!(plain(&once), once);
    }
}
