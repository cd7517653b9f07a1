import assert from "node:assert/strict";
import test from "node:test";
import { cleanText, extractArticle } from "mrl/corpus";

const inArticle = (html: string): string =>
  `<main><article class="bd-article">${html}</article></main>`;
const textOf = (html: string): string => extractArticle(inArticle(html))?.text ?? "(no article)";

test("only the first article.bd-article is read", () => {
  const html = `<p>before</p>${inArticle("one")}${inArticle("two")}<article>three</article>`;
  assert.equal(cleanText(extractArticle(html)?.text ?? ""), "one");
});

test("a page without article.bd-article gives nothing", () => {
  assert.equal(extractArticle("<article>plain</article>"), undefined);
  assert.equal(extractArticle(""), undefined);
});

test("whitespace in running text becomes one space, in pre it stays", () => {
  assert.equal(textOf("a\n   b<pre>x\n  y</pre>c\n d"), "\na b\nx\n  y\nc d\n");
});

test("text after a pre is running text again", () => {
  assert.equal(textOf("<pre>a  <code>b  c</code></pre>d  e"), "\n\na  b  c\nd e\n");
});

test("a block stands between newlines, a heading has two before it and one after it", () => {
  assert.equal(textOf("a<p>b</p>c<h2>d</h2>e"), "\na\nb\nc\n\nd\ne\n");
});

test("an inline element leaves no trace", () => {
  assert.equal(textOf("call <code>spin()</code>, <b>once</b>"), "\ncall spin(), once\n");
});

test("br is a block: text before and after it are lines", () => {
  assert.equal(cleanText(textOf("a<br>b")), "a\n\nb");
});

test("scripts, styles, navigation, buttons, header links and tables of contents are left out", () => {
  const noise =
    "<script>s</script><style>t</style><nav>n</nav><button>copy</button>" +
    '<a class="headerlink" href="#">#</a><div class="compound toctree-wrapper"><p>toc</p></div>';
  assert.equal(textOf(`a${noise}b`), "\nab\n");
});

test("a link that is no header link keeps its text", () => {
  assert.equal(textOf('<a class="reference" href="x">Looms</a>'), "\nLooms\n");
});

test("the title is the first heading without its sign, or the page's title", () => {
  const heading = '<h1>The  <em>Loom</em> 🚀<a class="headerlink" href="#">#</a></h1>';
  assert.equal(extractArticle(inArticle(heading))?.title, "The Loom");
  assert.equal(
    extractArticle(`<title>Looms - Docs</title>${inArticle("x")}`)?.title,
    "Looms - Docs",
  );
});

test("10,000 nested tags are read like any others", () => {
  const depth = 10_000;
  const html = "<div>".repeat(depth) + "deep" + "</div>".repeat(depth);
  assert.equal(cleanText(textOf(html)), "deep");
});
