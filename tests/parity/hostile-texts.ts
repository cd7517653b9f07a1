import { drawText } from "./draw-text";

/** What a crawl may bring besides English prose, a list a kind. */
const collected: Record<string, string[]> = {
  empty: ["", " ", "\n", "\t \r\n", "\u00a0", "\u3000"],
  emoji: [
    ...["🙂", "a🙂b", "👩‍👩‍👧‍👦 family", "👍🏽👍🏿", "🇩🇪🇯🇵", "☃️☃", "1️⃣ #️⃣", "❤️‍🔥 retry 🚀🚀🚀"],
    ...["🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag", "©®™ ✓✗ → ⇒ ∑ √2 ≤ ½ µs", "⠿⣿ ▁▂▃ ░▒▓ ━┃┏", "𝔸𝕓𝒸 𝟙𝟚 ℵ ﬁ ﬀ Ⅷ ①"],
  ],
  cjk: [
    ...[
      "如何取消任务?",
      "日本語のドキュメント、カタカナ",
      "한국어 문서입니다",
      "東京tower2024年",
      "中 文",
      "Ｆｕｌｌ　ｗｉｄｔｈ",
    ],
    ...[
      "𠀀𠀁 extension B",
      "𪜀𫝀𫠠 C to E",
      "豈更 compatibility",
      "丽丸 supplement",
      "ㄅㄆㄇ 々〆〇",
      "각 각 jamo",
    ],
  ],
  rightToLeft: [
    ...[
      "كيف ألغي مهمة؟",
      "שלום עולם",
      "مَرْحَبًا بِالعَالَم",
      "שָׁלוֹם",
      "abc \u202eدلف\u202c def",
      "\u200fעברית\u200e 123",
      "فارسی‌نویسی",
      "ﷺ ﻻ",
    ],
  ],
  scripts: [
    ...[
      "क्या हिन्दी",
      "ไทยภาษา",
      "Ελληνικός ΟΔΟΣ ὈΔΥΣΣΕΎΣ",
      "Привет, ёлка Й",
      "İstanbul ISPARTA ı",
      "Straße ẞ ǅ ǆ Œ",
    ],
    ...[
      "café cafe\u0301 ñ n\u0303 Å A\u030a Å",
      "Zalgo t\u0335\u0321\u0352e\u0337\u035dx\u0336\u0322t",
      "ᏣᎳᎩ Ꭰ ꭰ",
      "ა Ა",
      "ⲁⲂ 𐐀𐐨 deseret",
      "நான் తెలుగు മലയാളം",
    ],
  ],
  controls: [
    ...Array.from({ length: 33 }, (_, i) => `a${String.fromCharCode(i)}b`),
    ...Array.from({ length: 33 }, (_, i) => `a${String.fromCharCode(127 + i)}b`),
    ..."\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u2063\u206a\ufeff\ufff9\ufffc\ufffd\uffff\ue000"
      .split("")
      .map((mark) => `loom${mark}lane ${mark}`),
    ...["\u{1d173}x\u{e0001}y\u{f0000}z", "\u{10ffff} end", "\u0378unassigned\u{1ffff}"],
  ],
  marks: [
    ...[
      "[SEP]",
      "a [CLS] b",
      "[PAD][PAD]",
      "[MASK]ed",
      "[UNK] word",
      "<s> text </s>",
      "<mask> <pad> <unk>",
      "[sep] [cls]",
      "##ing ##",
      "[ SEP ]",
    ],
    ...[
      "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
      "“quoted” ‘single’ «guillemets» … – —",
      "、。「」【】！？",
      "a_b-c.d/e\\f:g",
      "x===y!==z &&|| ?? =>",
      "$100 €5 £3 ¥7 ₿1 100%",
    ],
    ...[
      "don't can't I'm",
      "snake_case camelCase PascalCase",
      "https://docs.example.org/a?b=c#d",
      "0x1F 1e-5 3.14159 1,000,000",
      "v2.46.0-rc.1+build",
    ],
  ],
};

const alphabets = ["a", "A", "é", "字", "🙂", "ب", "_", "x1", "1", "e\u0301", "\u200b"];

/** One word of ten thousand characters or so, and words at WordPiece's limit of 100 characters. */
const longWords = [
  ...alphabets.map((letter) => letter.repeat(10_000 / letter.length)),
  ...[99, 100, 101].flatMap((n) => [
    "a".repeat(n),
    "é".repeat(n),
    "🙂".repeat(n),
    "b" + "字".repeat(n),
  ]),
  "weft".repeat(2_500),
  ("loom" + "a".repeat(96)).repeat(100),
];

/**
 * Texts that tokenizers stumble over: emoji, CJK, right-to-left, control characters, marks of the model itself,
 * words of 10,000 characters, empty ones, and `drawn` ones of seeded random code points.
 */
export function hostileTexts(drawn: number): string[] {
  return [
    ...Object.values(collected).flat(),
    ...longWords,
    ...Array.from({ length: drawn }, (_, i) => drawText(i)),
  ];
}
