import { is, type Section } from "../sections";

const moderator = is("admin", "moderator");
const everyRole = is("admin", "moderator", "member");
const admin = is("admin");

/** Kinds of places, as the table knows them. */
export const placeCategories = [
  "service",
  "culture",
  "sport",
  "health",
  "education",
  "shop",
  "food",
  "nature",
  "transport",
  "meeting",
  "other",
] as const;

// A member proposes a place and may change it until it is published.
const ownDraft: Section["change"] = (me, row) =>
  moderator(me) || (me.role === "member" && row.status === "draft" && row.created_by === me.id);

const places: Section = {
  id: "places",
  table: "places",
  select:
    "id, name, description, category, address, website, latitude, longitude, status, created_by, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "category", shown: "badge" },
    { name: "address", shown: "text" },
    { name: "status", shown: "badge" },
    { name: "created_at", shown: "date" },
  ],
  more: [
    { name: "description", shown: "long" },
    { name: "website", shown: "url" },
    { name: "latitude", shown: "number" },
    { name: "longitude", shown: "number" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "category", input: "choice", choices: placeCategories, required: true, initial: "other" },
    { name: "latitude", input: "degrees", required: true, most: 90 },
    { name: "longitude", input: "degrees", required: true, most: 180 },
    { name: "address", input: "text", max: 500 },
    { name: "website", input: "url", max: 2000 },
    { name: "description", input: "long", max: 5000 },
  ],
  states: ["draft", "published"],
  opens: true,
  moves: { draft: ["published"], published: ["draft"] },
  see: everyRole,
  add: everyRole,
  change: ownDraft,
  move: moderator,
  remove: ownDraft,
};

const announcements: Section = {
  id: "announcements",
  table: "announcements",
  select:
    "id, title, body, status, is_pinned, publish_at, published_at, starts_at, ends_at, created_at, place_id:places(name)",
  title: ["title"],
  columns: [
    { name: "title", shown: "text" },
    { name: "status", shown: "badge" },
    { name: "is_pinned", shown: "flag" },
    { name: "publish_at", shown: "date" },
    { name: "published_at", shown: "date" },
  ],
  more: [
    { name: "body", shown: "long" },
    { name: "place_id", shown: "link" },
    { name: "starts_at", shown: "date" },
    { name: "ends_at", shown: "date" },
  ],
  fields: [
    { name: "title", input: "text", required: true },
    { name: "body", input: "long", max: 20_000, empty: "" },
    { name: "place_id", input: "row", from: "places" },
    { name: "publish_at", input: "moment" },
    { name: "starts_at", input: "moment" },
    { name: "ends_at", input: "moment" },
    { name: "is_pinned", input: "check" },
  ],
  states: ["draft", "scheduled", "published", "archived"],
  opens: true,
  moves: {
    draft: ["published", "scheduled"],
    scheduled: ["published", "draft"],
    published: ["archived", "draft"],
    archived: ["draft"],
  },
  see: everyRole,
  add: moderator,
  change: moderator,
  move: moderator,
  remove: moderator,
};

const members: Section = {
  id: "members",
  table: "members",
  select: "id, name, email, phone, message, status, joined_on, left_on, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "email", shown: "email" },
    { name: "phone", shown: "phone" },
    { name: "status", shown: "badge" },
    { name: "joined_on", shown: "day" },
  ],
  more: [
    { name: "message", shown: "long" },
    { name: "left_on", shown: "day" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "email", input: "email", max: 320, lower: true },
    { name: "phone", input: "tel", max: 60 },
    {
      name: "status",
      input: "choice",
      choices: ["pending", "active", "left"],
      required: true,
      initial: "active",
    },
    { name: "joined_on", input: "day" },
    { name: "left_on", input: "day", only: "change" },
    { name: "message", input: "long", max: 2000 },
  ],
  states: ["pending", "active", "left"],
  opens: true,
  // A member sees their own entry.
  see: everyRole,
  add: moderator,
  change: moderator,
  remove: moderator,
};

const peers: Section = {
  id: "peers",
  table: "federation_peers",
  select: "id, name, url, status, has_shared_secret, last_seen_at, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "url", shown: "url" },
    { name: "status", shown: "badge" },
    { name: "has_shared_secret", shown: "flag" },
    { name: "last_seen_at", shown: "date" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "url", input: "url", required: true, max: 500 },
    {
      name: "status",
      input: "choice",
      choices: ["invited", "active", "blocked"],
      required: true,
      initial: "invited",
    },
    { name: "shared_secret", input: "secret", max: 500 },
  ],
  opens: true,
  see: admin,
  add: admin,
  change: admin,
  remove: admin,
};

/** What each module of a community shows to its members; the bot has settings and no list. */
export const community = {
  places: [places],
  announcements: [announcements],
  members: [members],
  bot: [],
  federation: [peers],
} satisfies Record<string, readonly Section[]>;
