/** What a setting's values must be like. */
export type Rule = { allowed: string; holds: (value: never) => boolean };

export const positive: Rule = {
  allowed: "a whole number from 1",
  holds: (v: number) => Number.isInteger(v) && v >= 1,
};
export const count: Rule = {
  allowed: "a whole number from 0",
  holds: (v: number) => Number.isInteger(v) && v >= 0,
};
export const share: Rule = {
  allowed: "a number from 0 to below 1",
  holds: (v: number) => v >= 0 && v < 1,
};
export const cosine: Rule = {
  allowed: "a cosine, from -1 to 1",
  holds: (v: number) => v >= -1 && v <= 1,
};
export const name: Rule = { allowed: "a name", holds: (v: string) => v.length > 0 };
export const selector: Rule = { allowed: "a CSS selector", holds: (v: string) => v.trim() !== "" };
/** A whole number between two others, which belong to it. */
export const within = (least: number, most: number): Rule => ({
  allowed: `a whole number from ${least} to ${most}`,
  holds: (v: number) => Number.isInteger(v) && v >= least && v <= most,
});
export const repo: Rule = {
  allowed: "user/name",
  holds: (v: string) => /^[\w.-]+\/[\w.-]+$/.test(v),
};
export const flag: Rule = {
  allowed: "true or false",
  holds: (v: boolean) => typeof v === "boolean",
};
/** One of a few names. */
export const oneOf = (...values: string[]): Rule => ({
  allowed: values.join(", "),
  holds: (v: string) => values.includes(v),
});
export const url: Rule = {
  allowed: "empty, or an address that begins with http:// or https:// and names no user",
  holds: (v: string) => v === "" || (URL.canParse(v) && /^https?:/.test(v) && !namesUser(v)),
};

function namesUser(address: string): boolean {
  const { username, password } = new URL(address);
  return username !== "" || password !== "";
}
