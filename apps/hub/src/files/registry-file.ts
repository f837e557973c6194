import { sqlLiteral } from "@atoll/fleet/quote";
import { jsonLiteral } from "@atoll/fleet/vault";

/** A row of `atoll.instance_registry`, without what the table itself sets. */
export interface RegistryRow {
  subdomain: string;
  community_name: string;
  community_type: string | null;
  blueprint: string;
  environment: string;
  supabase_url: string | null;
  supabase_anon_key: string | null;
  url: string | null;
  custom_domain: string | null;
  locale: string | null;
  map_center: unknown;
  modules: string[];
  status: string;
  is_active: boolean;
  schema_version: number | null;
}

/** In the order in which the file names them. */
export const registryColumns = [
  "subdomain",
  "community_name",
  "community_type",
  "blueprint",
  "environment",
  "supabase_url",
  "supabase_anon_key",
  "url",
  "custom_domain",
  "locale",
  "map_center",
  "modules",
  "status",
  "is_active",
  "schema_version",
] as const satisfies readonly (keyof RegistryRow)[];

function literal(column: keyof RegistryRow, row: RegistryRow): string {
  const value = row[column];
  if (value === null || value === undefined) return "null";
  if (column === "map_center") return jsonLiteral(value);
  if (Array.isArray(value))
    return `array[${value.map((each) => sqlLiteral(String(each))).join(", ")}]::text[]`;
  return typeof value === "string" ? sqlLiteral(value) : String(value);
}

/** `sql/SLUG-registry.sql`: registers an instance at a hub by plain psql, safe to repeat. */
export function registryFile(row: RegistryRow): string {
  const rest = registryColumns.filter((column) => column !== "subdomain");
  return `-- The registry's row of "${row.subdomain}", for the hub's database. Safe to run again.
--   psql "$HUB_DATABASE_URL" -f ${row.subdomain}-registry.sql
\\set ON_ERROR_STOP on
insert into atoll.instance_registry (
  ${registryColumns.join(", ")}
) values (
${registryColumns.map((column) => `  ${literal(column, row)}`).join(",\n")}
)
on conflict (subdomain) do update set
${rest.map((column) => `  ${column} = excluded.${column}`).join(",\n")};
`;
}
