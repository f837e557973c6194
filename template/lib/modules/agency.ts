import { companyOf } from "../agency/company";
import { is, type Section } from "../sections";

const lead = is("admin", "manager");
const team = is("admin", "manager", "member");
const everyRole = is("admin", "manager", "member", "client");
const draft = (row: Record<string, unknown>) => row.status === "draft";

const clients: Section = {
  id: "clients",
  table: "clients",
  select: "id, name, status, contact_name, email, phone, address, tax_number, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "contact_name", shown: "text" },
    { name: "email", shown: "email" },
    { name: "phone", shown: "phone" },
    { name: "status", shown: "badge" },
  ],
  more: [
    { name: "address", shown: "long" },
    { name: "tax_number", shown: "text" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    {
      name: "status",
      input: "choice",
      choices: ["lead", "active", "former"],
      required: true,
      initial: "active",
    },
    { name: "contact_name", input: "text" },
    { name: "email", input: "email" },
    { name: "phone", input: "tel", max: 60 },
    { name: "tax_number", input: "text", max: 60 },
    { name: "address", input: "long", max: 1000 },
  ],
  states: ["lead", "active", "former"],
  opens: true,
  children: [
    { module: "projects", section: "projects", by: "client_id" },
    { module: "invoices", section: "invoices", by: "client_id" },
    { module: "clients", section: "client_notes", by: "client_id" },
  ],
  see: team,
  add: lead,
  change: lead,
  remove: lead,
};

const notes: Section = {
  id: "client_notes",
  table: "client_notes",
  select: "id, body, created_at, author_id",
  title: ["body"],
  columns: [
    { name: "body", shown: "long" },
    { name: "author_id", shown: "person" },
    { name: "created_at", shown: "date" },
  ],
  fields: [{ name: "body", input: "long", required: true, max: 10_000 }],
  within: true,
  see: lead,
  add: lead,
  remove: lead,
};

const projects: Section = {
  id: "projects",
  table: "projects",
  select: "id, name, description, status, starts_on, ends_on, created_at, client_id:clients(name)",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "client_id", shown: "link" },
    { name: "status", shown: "badge" },
    { name: "starts_on", shown: "day" },
    { name: "ends_on", shown: "day" },
  ],
  more: [{ name: "description", shown: "long" }],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "client_id", input: "row", from: "clients", required: true },
    {
      name: "status",
      input: "choice",
      choices: ["planned", "active", "on_hold", "done", "cancelled"],
      required: true,
      initial: "planned",
    },
    { name: "starts_on", input: "day" },
    { name: "ends_on", input: "day" },
    { name: "description", input: "long", max: 10_000 },
  ],
  states: ["planned", "active", "on_hold", "done", "cancelled"],
  opens: true,
  children: [
    { module: "tasks", section: "tasks", by: "project_id" },
    { module: "files", section: "files", by: "project_id" },
    { module: "projects", section: "budgets", by: "project_id" },
  ],
  see: everyRole,
  add: lead,
  change: lead,
  remove: lead,
};

const budgets: Section = {
  id: "budgets",
  table: "project_budgets",
  key: "project_id",
  select: "project_id, amount_minor, currency, created_at",
  title: ["amount_minor"],
  columns: [{ name: "amount_minor", shown: "minor" }],
  fields: [{ name: "amount_minor", input: "money", required: true }],
  within: true,
  complete: async (me) => ({ currency: (await companyOf(me.database)).currency }),
  see: lead,
  add: lead,
  remove: lead,
};

const tasks: Section = {
  id: "tasks",
  table: "tasks",
  select:
    "id, title, description, status, priority, assignee_id, starts_on, due_on, estimate_minutes, spent_minutes, completed_at, created_at, project_id:projects(name)",
  title: ["title"],
  columns: [
    { name: "title", shown: "text" },
    { name: "project_id", shown: "link" },
    { name: "assignee_id", shown: "person" },
    { name: "due_on", shown: "day" },
    { name: "priority", shown: "badge" },
    { name: "status", shown: "badge" },
  ],
  more: [
    { name: "description", shown: "long" },
    { name: "starts_on", shown: "day" },
    { name: "estimate_minutes", shown: "number" },
    { name: "spent_minutes", shown: "number" },
    { name: "completed_at", shown: "date" },
  ],
  fields: [
    { name: "title", input: "text", required: true },
    { name: "project_id", input: "row", from: "projects", required: true, only: "add" },
    { name: "assignee_id", input: "row", from: "projectPeople", needs: "project_id" },
    {
      name: "priority",
      input: "choice",
      choices: ["low", "normal", "high"],
      required: true,
      initial: "normal",
    },
    { name: "starts_on", input: "day" },
    { name: "due_on", input: "day" },
    { name: "estimate_minutes", input: "count", most: 600_000 },
    { name: "spent_minutes", input: "count", most: 600_000, empty: 0, only: "change" },
    { name: "description", input: "long", max: 10_000 },
  ],
  states: ["todo", "doing", "review", "done"],
  opens: true,
  moves: { todo: ["doing"], doing: ["review", "done", "todo"], review: ["done", "doing"], done: ["doing"] },
  see: team,
  add: team,
  change: team,
  move: team,
  remove: lead,
};

const files: Section = {
  id: "files",
  table: "files",
  select:
    "id, name, mime_type, size_bytes, storage_path, shared_with_client, uploaded_by, created_at, project_id:projects(name)",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "project_id", shown: "link" },
    { name: "size_bytes", shown: "size" },
    { name: "uploaded_by", shown: "person" },
    { name: "shared_with_client", shown: "flag" },
    { name: "created_at", shown: "date" },
  ],
  more: [{ name: "mime_type", shown: "text" }],
  fields: [
    { name: "name", input: "text", required: true, max: 255 },
    { name: "shared_with_client", input: "check" },
  ],
  opens: true,
  see: everyRole,
  // Files are added by the upload's own form, and removed together with their content.
  change: (me, row) => lead(me) || (me.role === "member" && row.uploaded_by === me.id),
};

const invoices: Section = {
  id: "invoices",
  table: "invoices",
  select:
    "id, number, status, currency, issued_on, due_on, paid_on, subtotal_minor, tax_minor, total_minor, message, created_at, client_id:clients(name), project_id:projects(name)",
  title: ["number"],
  columns: [
    { name: "number", shown: "text" },
    { name: "client_id", shown: "link" },
    { name: "total_minor", shown: "minor" },
    { name: "issued_on", shown: "day" },
    { name: "due_on", shown: "day" },
    { name: "status", shown: "badge" },
  ],
  more: [
    { name: "project_id", shown: "link" },
    { name: "subtotal_minor", shown: "minor" },
    { name: "tax_minor", shown: "minor" },
    { name: "paid_on", shown: "day" },
    { name: "message", shown: "long" },
  ],
  fields: [
    { name: "client_id", input: "row", from: "clients", required: true, only: "add" },
    { name: "project_id", input: "row", from: "projectsOfClient", needs: "client_id" },
    { name: "due_on", input: "day" },
    { name: "message", input: "long", max: 2000 },
  ],
  states: ["draft", "sent", "paid", "void"],
  opens: true,
  children: [{ module: "invoices", section: "invoice_lines", by: "invoice_id", open: draft }],
  moves: { sent: ["paid", "void"] },
  complete: async (me) => ({ currency: (await companyOf(me.database)).currency }),
  see: is("admin", "manager", "client"),
  add: lead,
  change: (me, row) => lead(me) && draft(row),
  move: lead,
  remove: (me, row) => lead(me) && draft(row),
};

const invoiceLines: Section = {
  id: "invoice_lines",
  table: "invoice_lines",
  select:
    "id, position, description, quantity, unit_price_minor, tax_rate_bp, amount_minor, created_at, invoice_id:invoices(currency, status)",
  title: ["description"],
  columns: [
    { name: "description", shown: "text" },
    { name: "quantity", shown: "number" },
    { name: "unit_price_minor", shown: "minor" },
    { name: "tax_rate_bp", shown: "percent" },
    { name: "amount_minor", shown: "minor" },
  ],
  fields: [
    { name: "description", input: "text", required: true, max: 1000 },
    { name: "quantity", input: "quantity", required: true, initial: "1" },
    { name: "unit_price_minor", input: "money", required: true },
    { name: "tax_rate_bp", input: "percent", empty: 0 },
    { name: "position", input: "count", required: true, most: 32_767, initial: "1" },
  ],
  order: { by: "position", ascending: true },
  within: true,
  see: is("admin", "manager", "client"),
  add: lead,
  remove: lead,
};

/** What each module of an agency shows; the four roles see different parts of it. */
export const agency = {
  clients: [clients, notes],
  projects: [projects, budgets],
  tasks: [tasks],
  files: [files],
  invoices: [invoices, invoiceLines],
} satisfies Record<string, readonly Section[]>;
