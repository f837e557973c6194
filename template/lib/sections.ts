import type { ModuleName } from "./client-config";
import type { Member } from "./member";
import type { Messages } from "./messages/en";

export type ColumnName = keyof Messages["columns"];
export type ValueName = keyof Messages["values"];
/** A row as the Data API gives it: what stands in it depends on the section that asked. */
export type Row = Record<string, unknown>;

/**
 * How a column is shown. `link` = the name of the row it points to, read along with the row; `person` = the name of
 * a colleague; `minor` = money in whole minor units of the row's currency; `percent` = hundredths of a percent.
 */
export interface Column {
  name: ColumnName;
  shown:
    | "text"
    | "long"
    | "email"
    | "phone"
    | "url"
    | "money"
    | "minor"
    | "number"
    | "percent"
    | "size"
    | "day"
    | "date"
    | "badge"
    | "flag"
    | "link"
    | "person";
}

/** Rows that a field can point to. */
export type SourceName =
  | "companies"
  | "contacts"
  | "categories"
  | "clients"
  | "projects"
  | "projectsOfClient"
  | "projectPeople"
  | "places";

/** One field of a form. */
export interface Field {
  name: ColumnName;
  /** `money` is typed as money and kept in minor units; `percent` in hundredths; `secret` is never shown again. */
  input:
    | "text"
    | "email"
    | "tel"
    | "url"
    | "currency"
    | "amount"
    | "money"
    | "count"
    | "change"
    | "degrees"
    | "quantity"
    | "percent"
    | "day"
    | "moment"
    | "long"
    | "choice"
    | "row"
    | "check"
    | "secret";
  required?: boolean;
  choices?: readonly string[];
  /** The table whose rows can be chosen. */
  from?: SourceName;
  /** The same for a table that only the file names. */
  source?: { table: string; names: string };
  /** Characters at most; 200, or 5000 for long texts, unless said. */
  max?: number;
  /** Kept in small letters, where the table takes no others. */
  lower?: boolean;
  /** Largest number, for counts. */
  most?: number;
  /** What an emptied field is set to where the column takes no null. */
  empty?: string | number;
  /** What a new row's field shows at first. */
  initial?: string;
  /** Shown only where the row already says to which row of this column it belongs. */
  needs?: ColumnName;
  /** Shown only when a row is added, or only when it is changed. */
  only?: "add" | "change";
  /** Who is offered the field; everybody who may add or change the row unless said. */
  who?: (me: Member) => boolean;
}

/** What a field is to the browser: everything about it but who may fill it in. */
export type FormField = Omit<Field, "who" | "from" | "source" | "needs" | "only">;

/** Whether somebody is offered something; the database decides by its own rules whatever is offered. */
type May = (me: Member, row: Row) => boolean;

/** Rows of another section that belong to one row of this one, shown on its page. */
export interface Child {
  module: ModuleName;
  section: keyof Messages["sections"];
  /** The column by which they point to it. */
  by: ColumnName;
  /** Where adding makes sense only in some states. */
  open?: (row: Row) => boolean;
}

/** One table of a module as the application shows it. Without `fields` it can only be read here. */
export interface Section {
  id: keyof Messages["sections"];
  table: string;
  /** The primary key; `id` unless said. */
  key?: string;
  /** What is read, in the Data API's own language. */
  select: string;
  /** The columns that name a row, for short lists. */
  title: readonly ColumnName[];
  columns: readonly Column[];
  /** What a row's own page shows beside the columns. */
  more?: readonly Column[];
  fields?: readonly Field[];
  /** Newest first unless said. */
  order?: { by: string; ascending: boolean };
  /** Only these rows. */
  where?: { column: string; value: string | boolean };
  /** The list can be narrowed to one of these, by the column `status`. */
  states?: readonly ValueName[];
  /** Not among the tabs: reached from the row that its rows belong to. */
  within?: boolean;
  /** Each row has a page of its own. */
  opens?: boolean;
  children?: readonly Child[];
  /** From which state to which others a row can go, by the column `status`. */
  moves?: Readonly<Record<string, readonly ValueName[]>>;
  /** What a new row carries beside what was typed. */
  complete?: (me: Member, row: Row) => Promise<Row>;
  see?: (me: Member) => boolean;
  add?: (me: Member) => boolean;
  change?: May;
  move?: May;
  remove?: May;
}

/** One row of settings as a form: its table holds no other. */
export interface Settings {
  id: keyof Messages["settings"]["titles"];
  table: string;
  select: string;
  fields: readonly Field[];
}

/** Whether somebody has one of these roles. */
export const is =
  (...roles: string[]) =>
  (me: Member): boolean =>
    roles.includes(me.role);
