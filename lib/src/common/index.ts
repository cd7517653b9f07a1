export * from "./errors";
export * from "./files";
export * from "./random";
export * from "./secrets";
export * from "./settings";
export * from "./site-settings";
export * from "./types";
