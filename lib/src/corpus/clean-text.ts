/* eslint-disable no-misleading-character-class -- the joiner is one of the characters to remove */
const emoji = /[\u{1F000}-\u{1FAFF}\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]/gu;
/** Rules drawn with characters: `-----`, `***`. Never a sign of meaning when there are three. */
const drawnRules = /([-_*~#!?+|])\1{2,}/g;
/** `===` and `...` are code, so these two need four. */
const longRules = /([=.])\1{3,}/g;

/**
 * Text as a reader would type it: without emoji and drawn rules (`-----`, `....`), one space between
 * words, no space at the ends of lines, at most one blank line in a row, none at the ends.
 *
 * `===` and `...` stay: they are code. Cleaning a cleaned text changes nothing.
 */
export function cleanText(text: string): string {
  return text
    .replace(emoji, "")
    .replace(drawnRules, " ")
    .replace(longRules, " ")
    .replace(/[^\S\n]+/g, " ")
    .replace(/^ | $/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
