// Lets Node find what the bundler finds: imports without an ending, and `@/` for this folder.
import { registerHooks } from "node:module";

const root = new URL("../", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const own = specifier.startsWith("@/") ? new URL(specifier.slice(2), root).href : specifier;
    const plain = /^(\.|file:)/.test(own) && !/\.(ts|mjs|js|json)$/.test(own);
    return next(plain ? `${own}.ts` : own, context);
  },
});
