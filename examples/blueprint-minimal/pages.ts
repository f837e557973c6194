import type { Pages } from "@atoll/blueprint-kit/pages";

/** What the application shows: a list, a form and a page for each row. The database decides who sees and changes it. */
export const pages: Pages = {
  modules: {
    records: {
      label: { en: "Records", fr: "Fiches", id: "Catatan" },
      about: {
        en: "What is to be kept in mind.",
        fr: "Ce qu'il faut garder en tête.",
        id: "Apa yang perlu diingat.",
      },
      sections: ["records"],
    },
  },
  sections: {
    records: {
      label: { en: "Records", fr: "Fiches", id: "Catatan" },
      table: "records",
      title: "title",
      columns: [
        { name: "title", shown: "text" },
        { name: "state", shown: "badge" },
        { name: "due_on", shown: "day" },
        { name: "note", shown: "long" },
      ],
      fields: [
        { name: "title", input: "text", required: true },
        { name: "state", input: "choice", choices: ["open", "closed"], required: true },
        { name: "due_on", input: "day" },
        { name: "note", input: "long", max: 2000 },
      ],
      see: ["admin", "member"],
      write: ["admin", "member"],
    },
  },
  columns: {
    title: { en: "Title", fr: "Titre", id: "Judul" },
    state: { en: "State", fr: "État", id: "Status" },
    due_on: { en: "Due", fr: "Échéance", id: "Tenggat" },
    note: { en: "Note", fr: "Remarque", id: "Keterangan" },
  },
  values: {
    open: { en: "open", fr: "ouverte", id: "terbuka" },
    closed: { en: "closed", fr: "close", id: "selesai" },
  },
};
