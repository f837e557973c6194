import type { Column, ColumnName, Section } from "../sections";

const everybody = () => true;

const companies: Section = {
  add: everybody,
  id: "companies",
  table: "companies",
  select: "id, name, domain, industry, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "domain", shown: "text" },
    { name: "industry", shown: "text" },
    { name: "created_at", shown: "date" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "domain", input: "text" },
    { name: "industry", input: "text" },
  ],
};

const contacts: Section = {
  add: everybody,
  id: "contacts",
  table: "contacts",
  select: "id, first_name, last_name, email, phone, status, created_at, company_id:companies(name)",
  title: ["first_name", "last_name"],
  columns: [
    { name: "first_name", shown: "text" },
    { name: "last_name", shown: "text" },
    { name: "email", shown: "email" },
    { name: "phone", shown: "phone" },
    { name: "company_id", shown: "link" },
    { name: "status", shown: "badge" },
  ],
  fields: [
    { name: "first_name", input: "text", required: true },
    { name: "last_name", input: "text" },
    { name: "email", input: "email" },
    { name: "phone", input: "tel" },
    { name: "company_id", input: "row", from: "companies" },
    { name: "notes", input: "long" },
  ],
};

const deals: Section = {
  add: everybody,
  id: "deals",
  table: "deals",
  select:
    "id, title, amount, currency, stage, created_at, company_id:companies(name), contact_id:contacts(first_name, last_name)",
  title: ["title"],
  columns: [
    { name: "title", shown: "text" },
    { name: "amount", shown: "money" },
    { name: "stage", shown: "badge" },
    { name: "company_id", shown: "link" },
    { name: "contact_id", shown: "link" },
    { name: "created_at", shown: "date" },
  ],
  fields: [
    { name: "title", input: "text", required: true },
    { name: "amount", input: "amount" },
    { name: "currency", input: "choice", choices: ["EUR", "USD", "GBP", "IDR"] },
    { name: "company_id", input: "row", from: "companies" },
    { name: "contact_id", input: "row", from: "contacts" },
  ],
};

function readable(
  id: Section["id"],
  table: string,
  columns: readonly Column[],
  title: ColumnName = "name",
): Section {
  const names = columns.map((column) => column.name);
  return { id, table, columns, title: [title], select: ["id", "created_at", ...names].join(", ") };
}

/** What each module of a business shows. A module without sections works through automations only. */
export const business = {
  crm: [contacts, companies, deals],
  email: [
    readable("campaigns", "email_campaigns", [
      { name: "name", shown: "text" },
      { name: "subject", shown: "text" },
      { name: "status", shown: "badge" },
      { name: "scheduled_at", shown: "date" },
    ]),
    readable("templates", "email_templates", [
      { name: "name", shown: "text" },
      { name: "subject", shown: "text" },
    ]),
    readable("sequences", "email_sequences", [
      { name: "name", shown: "text" },
      { name: "status", shown: "badge" },
    ]),
  ],
  social: [
    readable(
      "posts",
      "social_posts",
      [
        { name: "content", shown: "text" },
        { name: "platform", shown: "text" },
        { name: "status", shown: "badge" },
        { name: "scheduled_at", shown: "date" },
      ],
      "content",
    ),
    readable(
      "accounts",
      "social_accounts",
      [
        { name: "platform", shown: "text" },
        { name: "handle", shown: "text" },
        { name: "status", shown: "badge" },
      ],
      "handle",
    ),
  ],
  content: [
    readable(
      "queue",
      "content_queue",
      [
        { name: "title", shown: "text" },
        { name: "type", shown: "text" },
        { name: "status", shown: "badge" },
        { name: "scheduled_at", shown: "date" },
      ],
      "title",
    ),
    readable("templates", "content_templates", [
      { name: "name", shown: "text" },
      { name: "type", shown: "text" },
    ]),
  ],
  accommodation: [],
} satisfies Record<string, readonly Section[]>;
