import { BertNormalizer, BertPreTokenizer, type Tokenizer } from "@huggingface/tokenizers";

/**
 * Python's tokenizers know Unicode 8, Node a newer one. These became nonspacing marks, control characters and
 * punctuation since, or ceased to be; found by trying every code point with tokenizers 0.23.
 */
const marksSince8 =
  "\\u{7fd}\\u{897}-\\u{8e1}\\u{9fe}\\u{afa}-\\u{aff}\\u{b55}\\u{c04}-\\u{c3c}\\u{d00}\\u{d3b}-\\u{d3c}\\u{d81}" +
  "\\u{eba}\\u{ece}\\u{180f}-\\u{1886}\\u{1abf}-\\u{1aeb}\\u{1df6}-\\u{1dfb}\\u{a82c}\\u{a8c5}\\u{a8ff}\\u{a9bd}" +
  "\\u{10d24}-\\u{10f85}\\u{11070}-\\u{11074}\\u{110c2}\\u{111c9}\\u{111cf}\\u{1123e}-\\u{11241}\\u{1133b}" +
  "\\u{113bb}-\\u{1145e}\\u{1182f}-\\u{1612f}\\u{16f4f}\\u{16fe4}\\u{1cf00}-\\u{1cf46}\\u{1e000}-\\u{1e6f5}" +
  "\\u{1e944}-\\u{1e94a}";
const marksOf8 = "\\u1734\\u{1171e}";
const controlsSince8 = "\\u{890}-\\u{8e2}\\u{110cd}-\\u{1343f}";
const punctuationSince8 =
  "\\u{61d}\\u{9fd}-\\u{a76}\\u{c77}-\\u{c84}\\u{1b4e}-\\u{1b4f}\\u{1b7d}-\\u{1b7f}\\u{2e43}-\\u{2e5d}" +
  "\\u{10d6e}-\\u{10f89}\\u{113d4}-\\u{1145d}\\u{11660}-\\u{116b9}\\u{1183b}-\\u{11fff}\\u{12ff1}-\\u{12ff2}" +
  "\\u{16d6d}-\\u{16fe2}\\u{1e5ff}-\\u{1e95f}";
const punctuationOf8 = "\\u{111c9}\\u166d";

const control = new RegExp(
  `[\\0\\uFFFD]|(?![\\t\\n\\r${controlsSince8}])[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]`,
  "gu",
);
const space = /\p{White_Space}/gu;
/** The blocks of BERT's own list, extensions A to E and the compatibility forms among them. */
const ideograph =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
const mark = new RegExp(`(?![${marksSince8}])\\p{Mn}|[${marksOf8}]`, "gu");
const signs = `(?:(?![${punctuationSince8}])\\p{P}|[${punctuationOf8}!-/:-@[-\`{-~])`;
const word = new RegExp(`${signs}|(?:(?!${signs})\\P{White_Space})+`, "gu");

/** BERT's cleaning of a text as Python's tokenizers do it; `@huggingface/tokenizers` misses some of it. */
class PythonBertNormalizer extends BertNormalizer {
  override normalize(text: string): string {
    const { clean_text, handle_chinese_chars, lowercase, strip_accents } = this.config;
    if (clean_text) text = text.replace(control, "").replace(space, " ");
    if (handle_chinese_chars) text = text.replace(ideograph, " $& ");
    if (strip_accents ?? lowercase) text = text.normalize("NFD").replace(mark, "");
    // Σ by itself: JavaScript makes it ς at the end of a word, Python's tokenizers do not.
    return lowercase ? text.replaceAll("Σ", "σ").toLowerCase() : text;
  }
}

/** Words between spaces, and each punctuation mark by itself. */
class PythonBertPreTokenizer extends BertPreTokenizer {
  override pre_tokenize_text(text: string): string[] {
    return text.match(word) ?? [];
  }
}

/** Puts Python's treatment of texts in the place of the library's where a tokenizer uses BERT's. */
export function treatTextAsPython(tokenizer: Tokenizer): void {
  const { normalizer, pre_tokenizer: splitter } = tokenizer;
  if (normalizer instanceof BertNormalizer)
    tokenizer.normalizer = new PythonBertNormalizer(normalizer.config);
  if (splitter instanceof BertPreTokenizer) tokenizer.pre_tokenizer = new PythonBertPreTokenizer();
}
