import type { BaseAnswers, Kind } from "@atoll/blueprint-kit/kind";

type Words = Kind<BaseAnswers>;

/** What the application says about each module's automations. */
export const automations: Words["automations"] = {
  en: { records: ["Looks every morning which records are due."] },
  fr: { records: ["Cherche chaque matin les fiches arrivées à échéance."] },
  id: { records: ["Setiap pagi mencari catatan yang jatuh tempo."] },
};

/** The welcome mail's words. */
export const welcome: Words["welcome"] = {
  en: {
    subject: (client) => `${client} is ready`,
    preview: "Your address, your login and the first steps",
    hello: (name) => `Hello ${name},`,
    ready: (client) => `the application of ${client} is ready for you.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there.",
    firstSteps: "First steps",
    steps: ["Sign in and change the password.", "Add your first record."],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `${client} : votre application est prête`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `l'application de ${client} est prête pour vous.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre.",
    firstSteps: "Premiers pas",
    steps: ["Connectez-vous et changez le mot de passe.", "Ajoutez votre première fiche."],
    help: "Des questions ? Écrivez à",
  },
  id: {
    subject: (client) => `${client} sudah siap`,
    preview: "Alamat, login, dan langkah pertama Anda",
    hello: (name) => `Halo ${name},`,
    ready: (client) => `aplikasi ${client} sudah siap untuk Anda.`,
    open: "Masuk",
    address: "Alamat",
    login: "Login",
    password: "Kata sandi sekali pakai",
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri.",
    firstSteps: "Langkah pertama",
    steps: ["Masuk dan ganti kata sandi.", "Tambahkan catatan pertama Anda."],
    help: "Ada pertanyaan? Tulis ke",
  },
};

/** What the public form calls the questions and choices of this kind; the others have words already. */
export const formWords: NonNullable<Words["form"]> = {
  en: { fields: { name: "Name of the client" }, options: { modules: { records: "Records" } } },
  fr: { fields: { name: "Nom du client" }, options: { modules: { records: "Fiches" } } },
  id: { fields: { name: "Nama klien" }, options: { modules: { records: "Catatan" } } },
};
