import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "playwright-report", "test-results", "screenshots", "*.mjs"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A forgotten await is a test that can't fail.
      "@typescript-eslint/no-floating-promises": "error",
      // Playwright hands fixtures over by destructuring, an empty pattern included.
      "no-empty-pattern": "off",
    },
  },
);
