import type { Pages } from "@atoll/blueprint-kit/pages";

const everybody = ["admin", "practitioner", "reception"];
const treating = ["admin", "practitioner"];

/** What the application shows of a clinic. The database decides who sees and changes it; this only offers it. */
export const pages: Pages = {
  modules: {
    patients: {
      label: { en: "Patients", fr: "Patients", id: "Pasien" },
      about: {
        en: "Who is treated, and what was found.",
        fr: "Qui est soigné, et ce qui a été constaté.",
        id: "Siapa yang dirawat dan apa yang ditemukan.",
      },
      sections: ["patients", "visit-notes"],
    },
    appointments: {
      label: { en: "Appointments", fr: "Rendez-vous", id: "Janji temu" },
      about: { en: "Who comes when.", fr: "Qui vient, et quand.", id: "Siapa datang dan kapan." },
      sections: ["appointments"],
    },
    treatments: {
      label: { en: "Treatments", fr: "Soins", id: "Layanan" },
      about: {
        en: "What is offered, and by whom.",
        fr: "Ce qui est proposé, et par qui.",
        id: "Apa yang ditawarkan dan oleh siapa.",
      },
      sections: ["treatments", "practitioners"],
    },
  },
  sections: {
    patients: {
      label: { en: "Patients", fr: "Patients", id: "Pasien" },
      table: "patients",
      title: "full_name",
      columns: [
        { name: "full_name", shown: "text" },
        { name: "born_on", shown: "day" },
        { name: "phone", shown: "phone" },
        { name: "email", shown: "email" },
      ],
      fields: [
        { name: "full_name", input: "text", required: true },
        { name: "born_on", input: "day" },
        { name: "phone", input: "tel", max: 60 },
        { name: "email", input: "email", max: 320 },
        { name: "remarks", input: "long", max: 2000 },
      ],
      order: { by: "full_name", ascending: true },
      see: everybody,
      write: everybody,
    },
    "visit-notes": {
      label: { en: "Notes", fr: "Comptes rendus", id: "Catatan kunjungan" },
      table: "visit_notes",
      title: "finding",
      columns: [
        { name: "patient_id", shown: "link", from: "patients" },
        { name: "finding", shown: "text" },
        { name: "created_at", shown: "date" },
      ],
      fields: [
        { name: "patient_id", input: "row", from: "patients", required: true },
        { name: "finding", input: "long", required: true, max: 5000 },
      ],
      see: treating,
      write: treating,
    },
    appointments: {
      label: { en: "Appointments", fr: "Rendez-vous", id: "Janji temu" },
      table: "appointments",
      title: "starts_at",
      columns: [
        { name: "starts_at", shown: "date" },
        { name: "patient_id", shown: "link", from: "patients" },
        { name: "practitioner_id", shown: "link", from: "practitioners" },
        { name: "treatment_id", shown: "link", from: "treatments" },
        { name: "state", shown: "badge" },
      ],
      fields: [
        { name: "starts_at", input: "moment", required: true },
        { name: "patient_id", input: "row", from: "patients", required: true },
        { name: "practitioner_id", input: "row", from: "practitioners", required: true },
        { name: "treatment_id", input: "row", from: "treatments" },
        {
          name: "state",
          input: "choice",
          choices: ["booked", "came", "missed", "called_off"],
          required: true,
        },
      ],
      order: { by: "starts_at", ascending: false },
      see: everybody,
      write: everybody,
    },
    treatments: {
      label: { en: "Treatments", fr: "Soins", id: "Layanan" },
      table: "treatments",
      title: "name",
      columns: [
        { name: "name", shown: "text" },
        { name: "minutes", shown: "number" },
      ],
      fields: [
        { name: "name", input: "text", required: true },
        { name: "minutes", input: "count", required: true },
      ],
      order: { by: "name", ascending: true },
      see: everybody,
      write: ["admin"],
    },
    practitioners: {
      label: { en: "Practitioners", fr: "Praticiens", id: "Praktisi" },
      table: "practitioners",
      title: "full_name",
      columns: [
        { name: "full_name", shown: "text" },
        { name: "is_active", shown: "flag" },
      ],
      fields: [
        { name: "full_name", input: "text", required: true },
        { name: "is_active", input: "check" },
      ],
      order: { by: "full_name", ascending: true },
      see: everybody,
      write: ["admin"],
    },
  },
  columns: {
    full_name: { en: "Name", fr: "Nom", id: "Nama" },
    born_on: { en: "Born", fr: "Naissance", id: "Lahir" },
    phone: { en: "Phone", fr: "Téléphone", id: "Telepon" },
    email: { en: "E-mail", fr: "E-mail", id: "Surel" },
    remarks: { en: "Remarks", fr: "Remarques", id: "Keterangan" },
    patient_id: { en: "Patient", fr: "Patient", id: "Pasien" },
    practitioner_id: { en: "Practitioner", fr: "Praticien", id: "Praktisi" },
    treatment_id: { en: "Treatment", fr: "Soin", id: "Layanan" },
    finding: { en: "Finding", fr: "Constat", id: "Temuan" },
    created_at: { en: "Written", fr: "Rédigé", id: "Ditulis" },
    starts_at: { en: "Begins", fr: "Début", id: "Mulai" },
    state: { en: "State", fr: "État", id: "Status" },
    name: { en: "Name", fr: "Nom", id: "Nama" },
    minutes: { en: "Minutes", fr: "Minutes", id: "Menit" },
    is_active: { en: "Works here now", fr: "En activité", id: "Masih praktik" },
  },
  values: {
    booked: { en: "booked", fr: "réservé", id: "dipesan" },
    came: { en: "came", fr: "venu", id: "hadir" },
    missed: { en: "missed", fr: "manqué", id: "tidak hadir" },
    called_off: { en: "called off", fr: "annulé", id: "dibatalkan" },
  },
};
