import { registerHooks } from "node:module";
import { Fault } from "@atoll/core/fault";

/** Packages that a blueprint by anyone may stand on: what they export is kept stable. */
const publicPackages = [
  "@atoll/core",
  "@atoll/blueprint-kit",
  "@atoll/fleet",
  "@atoll/provider-kit",
] as const;

// What questions are written with: taken from here where the folder has none of its own.
const lent = new Set(["zod"]);

const roots = new Set<string>();
let isRegistered = false;

const packageOf = (specifier: string) => specifier.split("/").slice(0, 2).join("/");
const isOutside = (parent: string | undefined) =>
  parent !== undefined && [...roots].some((root) => parent.startsWith(root));

/**
 * Lets modules below a folder (its URL ends with a slash) import the public packages of this installation, wherever
 * the folder stands and without an install. Any other package of ours is refused by a fault that says which are public.
 */
export function lendPackages(root: string): void {
  roots.add(root);
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (!isOutside(context.parentURL)) return next(specifier, context);
      const here = { ...context, parentURL: import.meta.url };
      if (specifier.startsWith("@atoll/")) {
        const name = packageOf(specifier);
        if (publicPackages.some((each) => each === name)) return next(specifier, here);
        throw new Fault("rejected", {
          what: `${new URL(context.parentURL ?? root).pathname.split("/").at(-1)} imports ${specifier}, which is not public.`,
          next: `Import only ${publicPackages.join(", ")}; providers' things come by \`parts\`.`,
          field: "ATOLL_BLUEPRINTS",
        });
      }
      if (!lent.has(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, here);
      }
    },
  });
}
