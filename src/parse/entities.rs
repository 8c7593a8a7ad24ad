//! Character references of HTML: `&amp;`, `&middot;`, `&#44032;`.
