import { type Locale, locales } from "@atoll/blueprint-kit/locales";
import type { WelcomeWords } from "@atoll/blueprint-kit/welcome-mail";
import type { FormWords } from "@atoll/core/blueprint";
import type { ModuleName, WorkflowModule } from "./modules.ts";
import type { Answers } from "./questions.ts";

/** The welcome mail's words. */
export const words: Record<Locale, WelcomeWords> = {
  en: {
    subject: (client) => `${client} is ready`,
    preview: "Your address, your login and the first steps",
    hello: (name) => `Hello ${name},`,
    ready: (client) => `the workspace of ${client} is ready for you.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there, and nothing opens before.",
    firstSteps: "First steps",
    steps: [
      "Sign in and change the password.",
      "Upload your logo and fill in the company's settings: they stand on every invoice.",
      "Add your first client and a project, and put your team on it.",
    ],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `${client} est prêt`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `l'espace de travail de ${client} est prêt pour vous.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre, et rien ne s'ouvre avant.",
    firstSteps: "Premiers pas",
    steps: [
      "Connectez-vous et changez le mot de passe.",
      "Ajoutez votre logo et complétez les réglages de l'entreprise : ils figurent sur chaque facture.",
      "Créez votre premier client et un projet, puis affectez-y votre équipe.",
    ],
    help: "Des questions ? Écrivez à",
  },
  id: {
    subject: (client) => `${client} sudah siap`,
    preview: "Alamat, login, dan langkah pertama Anda",
    hello: (name) => `Halo ${name},`,
    ready: (client) => `ruang kerja ${client} sudah siap untuk Anda.`,
    open: "Masuk",
    address: "Alamat",
    login: "Login",
    password: "Kata sandi sekali pakai",
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri, dan sebelum itu tidak ada yang terbuka.",
    firstSteps: "Langkah pertama",
    steps: [
      "Masuk dan ganti kata sandi.",
      "Unggah logo dan lengkapi pengaturan perusahaan: semuanya tampil di setiap faktur.",
      "Tambahkan klien pertama dan sebuah proyek, lalu tugaskan tim Anda.",
    ],
    help: "Ada pertanyaan? Tulis ke",
  },
};

/** What each question is called where people answer it. */
export const questionWords: Record<Locale, Record<keyof Answers, string>> = {
  en: {
    name: "Name of the agency",
    slug: "Short name in the address",
    adminEmail: "Email of the first admin",
    adminName: "Name of the first admin",
    currency: "Currency of the invoices",
    region: "Where the data is kept",
    modules: "Modules",
    locale: "Language",
  },
  fr: {
    name: "Nom de l'agence",
    slug: "Nom court dans l'adresse",
    adminEmail: "E-mail du premier administrateur",
    adminName: "Nom du premier administrateur",
    currency: "Devise des factures",
    region: "Lieu de stockage des données",
    modules: "Fonctionnalités",
    locale: "Langue",
  },
  id: {
    name: "Nama agensi",
    slug: "Nama singkat di alamat",
    adminEmail: "Email admin pertama",
    adminName: "Nama admin pertama",
    currency: "Mata uang faktur",
    region: "Lokasi penyimpanan data",
    modules: "Modul",
    locale: "Bahasa",
  },
};

/** What each module is called in the menu. */
export const moduleWords: Record<Locale, Record<ModuleName, string>> = {
  en: { clients: "Clients", projects: "Projects", tasks: "Tasks", files: "Files", invoices: "Invoices" },
  fr: { clients: "Clients", projects: "Projets", tasks: "Tâches", files: "Fichiers", invoices: "Factures" },
  id: { clients: "Klien", projects: "Proyek", tasks: "Tugas", files: "Berkas", invoices: "Faktur" },
};

/** What the application tells people about a module's automations. */
export const automationWords: Record<Locale, Record<WorkflowModule, string[]>> = {
  en: {
    clients: ["Inquiries from your forms become clients with the state “lead”."],
    tasks: ["Every morning: a reminder of tasks that are due."],
    invoices: ["Every morning: clients get a reminder of invoices that are overdue, once a week."],
  },
  fr: {
    clients: ["Les demandes de vos formulaires deviennent des clients à l'état « prospect »."],
    tasks: ["Chaque matin : un rappel des tâches arrivées à échéance."],
    invoices: [
      "Chaque matin : un rappel aux clients dont les factures sont en retard, une fois par semaine.",
    ],
  },
  id: {
    clients: ["Permintaan dari formulir Anda menjadi klien dengan status “prospek”."],
    tasks: ["Setiap pagi: pengingat tugas yang jatuh tempo."],
    invoices: ["Setiap pagi: klien mendapat pengingat faktur yang terlambat, sekali seminggu."],
  },
};

/** What the form calls questions and choices. */
export const form: FormWords = Object.fromEntries(
  locales.map((locale) => [
    locale,
    { fields: questionWords[locale], options: { modules: moduleWords[locale] } },
  ]),
);
