import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/", "**/.build/", "data/", "environment/venv/", "environment/.cache/"] },
  {
    files: ["lib/src/**/*.ts", "tests/**/*.ts"],
    extends: [eslint.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["lib/tsconfig.json", "tests/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // cheerio compares its enums with their names.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/no-base-to-string": "off",
      // Objects of closures (`{ url, close() }`) have no `this` to lose.
      "@typescript-eslint/unbound-method": "off",
      // An async function may be one because its interface asks for a promise.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowArray: true },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { varsIgnorePattern: "^_", argsIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      // node:test gives promises that nobody has to await; one of an assertion must be awaited.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            {
              from: "package",
              package: "node:test",
              name: [
                "default",
                "describe",
                "it",
                "suite",
                "test",
                "before",
                "after",
                "afterEach",
                "beforeEach",
              ],
            },
          ],
        },
      ],
      "@typescript-eslint/no-require-imports": "off",
    },
  },
  {
    // The code cells, put together by environment/check-cells.mjs. What is not awaited fails unseen there.
    files: ["notebooks/.cells/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        project: ["environment/cells.tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["environment/site/assets/*.js"],
    languageOptions: {
      globals: { document: "readonly", Plotly: "readonly", console: "readonly" },
    },
  },
  {
    files: ["environment/**/*.{js,mjs}", "tests/**/*.mjs"],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        clearTimeout: "readonly",
        AbortController: "readonly",
        AbortSignal: "readonly",
        fetch: "readonly",
        Buffer: "readonly",
        URL: "readonly",
        require: "readonly",
        module: "writable",
      },
    },
  },
);
