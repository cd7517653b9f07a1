import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { cleanText, countWords, extractArticle, splitChunks } from "mrl/corpus";
import { check, checkAsync } from "./check";

/** Text with much of what cleaning looks for: runs of signs, emoji and every kind of space. */
const pieces = ["-", "--", "===", "....", "*", "!", "?", " ", "\n", "\n\n", "\t", "\r", "\u00a0"];
const signs = [...pieces, "\u2028", "\ufeff", "\0", "🚀", "\u200d", "\ufe0f", "é", "文", "word"];
const noise = fc.oneof(fc.constantFrom(...signs), fc.string({ unit: "binary", maxLength: 6 }));
const text = fc.array(noise, { maxLength: 60 }).map((parts) => parts.join(""));

const names = ["div", "p", "b", "pre", "table", "tr", "td", "li", "h2", "script", "style", "nav"];
const tags = [...names, "svg", "template", "select", "form", "math", "article", "br", "x-y"];
const tag = fc.constantFrom(...tags).chain((name) => {
  const attributes = ' class="headerlink toctree-wrapper" <<';
  const forms = [`<${name}>`, `</${name}>`, `<${name}`, `<${name}${attributes}>`, `<!--<${name}>`];
  return fc.constantFrom(...forms);
});
const entity = fc.constantFrom("&#0;", "&amp;", "&#xD800;", "&lt;b", "<![CDATA[", "-->", "\0");
const html = fc
  .array(fc.oneof(tag, entity, noise), { maxLength: 40 })
  .map((parts) => parts.join(""));

test("cleaning a cleaned text changes nothing", () => {
  check(fc.property(text, (one) => assert.equal(cleanText(cleanText(one)), cleanText(one))));
});

test("a cleaned text has no run of drawn signs, no double space, no spare blank line, no emoji", () => {
  check(
    fc.property(text, (one) => {
      const cleaned = cleanText(one);
      assert.doesNotMatch(cleaned, /([-_*~#!?+|])\1\1|([=.])\2{3}|[^\S\n]{2}|\n{3}|🚀/u);
      assert.doesNotMatch(cleaned, /^\s|\s$|[^\S\n]\n|\n[^\S\n]/);
    }),
  );
});

test("cleaning keeps every letter and decimal digit, in order", () => {
  const letters = (one: string): string => one.replace(/[^\p{L}\p{Nd}]/gu, "");
  check(fc.property(text, (one) => assert.equal(letters(cleanText(one)), letters(one))));
});

test("extraction reads any HTML: no markup, script or NUL is left in its text", () => {
  check(
    fc.property(html, html, (before, inside) => {
      const page = `${before.replaceAll("article", "div")}<article class="bd-article">${inside}`;
      const article = extractArticle(page);
      assert.doesNotMatch(article?.text ?? "", /\0|<\/(div|p|b|pre)>/);
    }),
  );
});

test("extraction finds what is written in a page of well-formed blocks, in order", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const block = fc.constantFrom("p", "div", "h2", "li", "section", "pre");
  check(
    fc.property(fc.array(fc.tuple(block, word), { minLength: 1, maxLength: 30 }), (blocks) => {
      const inside = blocks.map(([name, one]) => `<${name}>${one}</${name}>`).join("");
      const article = extractArticle(`<article class="bd-article">${inside}</article>`);
      const found = cleanText(article?.text ?? "").split(/\s+/);
      assert.deepEqual(
        found,
        blocks.map(([, one]) => one),
      );
    }),
  );
});

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 120 }), fc.nat(100), fc.nat(5))
  .map(([chunkChars, overlap, minWords]) => {
    return { chunkChars, overlapChars: Math.min(overlap, chunkChars - 1), minWords };
  });

test("no chunk is longer than allowed or has fewer words than asked for, and each stands in its page", async () => {
  await checkAsync(
    fc.asyncProperty(text.map(cleanText), sizes, async (one, options) => {
      const { chunks, dropped } = await splitChunks([{ page: "a.html", text: one }], options);
      for (const chunk of chunks) {
        assert.ok(chunk.text.length <= options.chunkChars, "too long");
        assert.ok(countWords(chunk.text) >= options.minWords, "too few words");
        assert.ok(one.includes(chunk.text), "not in the page");
      }
      dropped.forEach(({ words }) => assert.ok(words < options.minWords));
    }),
  );
});

test("splitting loses nothing: each sign of a page, spaces aside, is in a chunk or a dropped part", async () => {
  const count = (parts: string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const unit of parts.join("").replace(/\s/g, "").split(""))
      counts.set(unit, (counts.get(unit) ?? 0) + 1);
    return counts;
  };
  await checkAsync(
    fc.asyncProperty(text.map(cleanText), sizes, async (one, options) => {
      const { chunks, dropped } = await splitChunks([{ page: "a.html", text: one }], options);
      const found = count([...chunks, ...dropped].map((part) => part.text));
      for (const [unit, n] of count([one]))
        assert.ok((found.get(unit) ?? 0) >= n, JSON.stringify(unit));
    }),
  );
});
