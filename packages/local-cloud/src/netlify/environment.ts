import { type Context, Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";
import { bodyAs, gone, refuse } from "./answers.ts";
import { shownVariable } from "./shown.ts";
import { invalid, invalidValue, made, newValue, newVariable, setValue } from "./variables.ts";
import { isAccount, type Site, siteOf, type Variable, type World } from "./world.ts";

/** `/accounts/{account}/env`: variables of sites. Those of the team as a whole are left out. */
export function environmentRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, sites } = world;

  function find(c: Context<CloudEnv>): { site: Site } | { refused: Response } {
    if (!isAccount(c.req.param("account") ?? "")) return { refused: gone(c) };
    const asked = c.req.query("site_id");
    if (asked === undefined)
      return {
        refused: refuse(c, 501, "The local cloud keeps variables of sites only: name one by `site_id`."),
      };
    const site = siteOf(world, asked);
    return site ? { site } : { refused: gone(c) };
  }

  function findVariable(c: Context<CloudEnv>): { site: Site; variable: Variable } | { refused: Response } {
    const found = find(c);
    if ("refused" in found) return found;
    const variable = found.site.variables.find((each) => each.key === c.req.param("key"));
    return variable ? { site: found.site, variable } : { refused: gone(c) };
  }

  const keep = (site: Site) => sites.set(site.id, site);

  app.get("/accounts/:account/env", (c) => {
    const found = find(c);
    if ("refused" in found) return found.refused;
    const { context_name: name, scope } = c.req.query();
    const shown = found.site.variables
      .filter((each) => scope === undefined || each.scopes.some((one) => one === scope))
      .filter(
        (each) =>
          name === undefined || each.values.some((one) => one.context === name || one.context === "all"),
      );
    return c.json(shown.map(shownVariable));
  });

  app.post("/accounts/:account/env", async (c) => {
    const found = find(c);
    if ("refused" in found) return found.refused;
    const parsed = await bodyAs(c, z.array(newVariable).min(1));
    if ("refused" in parsed) return parsed.refused;
    const { site } = found;
    const now = context.clock.now();
    // All or none: one that is refused takes the others with it.
    const added: Variable[] = [];
    for (const given of parsed.body) {
      const wrong = invalid(given);
      if (wrong) return refuse(c, 422, wrong);
      if ([...site.variables, ...added].some((each) => each.key === given.key))
        return refuse(c, 409, `${given.key} already exists`);
      added.push(made(given, now));
    }
    site.variables = [...site.variables, ...added];
    keep(site);
    return c.json(added.map(shownVariable), 201);
  });

  app.get("/accounts/:account/env/:key", (c) => {
    const found = findVariable(c);
    return "refused" in found ? found.refused : c.json(shownVariable(found.variable));
  });

  app.put("/accounts/:account/env/:key", async (c) => {
    const found = findVariable(c);
    if ("refused" in found) return found.refused;
    const parsed = await bodyAs(c, newVariable);
    if ("refused" in parsed) return parsed.refused;
    const wrong = invalid(parsed.body);
    if (wrong) return refuse(c, 422, wrong);
    const { site, variable } = found;
    if (variable.secret && !parsed.body.is_secret)
      return refuse(c, 422, "a secret cannot be made readable again: delete it first");
    const next = made(parsed.body, context.clock.now());
    site.variables = site.variables.map((each) => (each === variable ? next : each));
    keep(site);
    return c.json(shownVariable(next));
  });

  app.patch("/accounts/:account/env/:key", async (c) => {
    const found = findVariable(c);
    if ("refused" in found) return found.refused;
    const parsed = await bodyAs(c, newValue);
    if ("refused" in parsed) return parsed.refused;
    const { site, variable } = found;
    const wrong = invalidValue(parsed.body, variable.secret);
    if (wrong) return refuse(c, 422, wrong);
    setValue(variable, parsed.body, context.clock.now());
    keep(site);
    return c.json(shownVariable(variable), 201);
  });

  app.delete("/accounts/:account/env/:key", (c) => {
    const found = findVariable(c);
    if ("refused" in found) return found.refused;
    const { site, variable } = found;
    site.variables = site.variables.filter((each) => each !== variable);
    keep(site);
    return c.body(null, 204);
  });

  return app;
}
