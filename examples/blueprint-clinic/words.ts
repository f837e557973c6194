import type { Kind } from "@atoll/blueprint-kit/kind";
import type { Answers } from "./questions.ts";

type Words = Kind<Answers>;

/** What the application says about each module's automations. */
export const automations: Words["automations"] = {
  en: { appointments: ["Lists tomorrow's appointments every evening."] },
  fr: { appointments: ["Dresse chaque soir la liste des rendez-vous du lendemain."] },
  id: { appointments: ["Setiap malam menyusun daftar janji temu esok hari."] },
};

/** The welcome mail's words. */
export const welcome: Words["welcome"] = {
  en: {
    subject: (client) => `${client} is ready`,
    preview: "Your address, your login and the first steps",
    hello: (name) => `Hello ${name},`,
    ready: (client) => `the practice ${client} can begin.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there, and nothing opens before.",
    firstSteps: "First steps",
    steps: [
      "Sign in and change the password.",
      "Add those who treat, and your treatments.",
      "Add your first patient and an appointment.",
    ],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `${client} : votre cabinet est prêt`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `le cabinet ${client} peut commencer.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre, et rien ne s'ouvre avant.",
    firstSteps: "Premiers pas",
    steps: [
      "Connectez-vous et changez le mot de passe.",
      "Ajoutez les praticiens et vos soins.",
      "Ajoutez votre premier patient et un rendez-vous.",
    ],
    help: "Des questions ? Écrivez à",
  },
  id: {
    subject: (client) => `${client} sudah siap`,
    preview: "Alamat, login, dan langkah pertama Anda",
    hello: (name) => `Halo ${name},`,
    ready: (client) => `praktik ${client} siap dimulai.`,
    open: "Masuk",
    address: "Alamat",
    login: "Login",
    password: "Kata sandi sekali pakai",
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri, dan sebelum itu tidak ada yang terbuka.",
    firstSteps: "Langkah pertama",
    steps: [
      "Masuk dan ganti kata sandi.",
      "Tambahkan para praktisi dan layanan Anda.",
      "Tambahkan pasien pertama dan janji temunya.",
    ],
    help: "Ada pertanyaan? Tulis ke",
  },
};

const modules = {
  en: { patients: "Patients", appointments: "Appointments", treatments: "Treatments" },
  fr: { patients: "Patients", appointments: "Rendez-vous", treatments: "Soins" },
  id: { patients: "Pasien", appointments: "Janji temu", treatments: "Layanan" },
};

/** What the public form calls the questions and choices of this kind; the others have words already. */
export const formWords: NonNullable<Words["form"]> = {
  en: {
    fields: {
      name: "Name of the practice",
      specialty: "What the practice treats",
      keepYears: "Years for which records are kept",
    },
    options: {
      modules: modules.en,
      specialty: {
        general: "General medicine",
        dental: "Teeth",
        physiotherapy: "Physiotherapy",
        veterinary: "Animals",
      },
    },
  },
  fr: {
    fields: {
      name: "Nom du cabinet",
      specialty: "Spécialité du cabinet",
      keepYears: "Durée de conservation des dossiers, en années",
    },
    options: {
      modules: modules.fr,
      specialty: {
        general: "Médecine générale",
        dental: "Dentaire",
        physiotherapy: "Kinésithérapie",
        veterinary: "Vétérinaire",
      },
    },
  },
  id: {
    fields: {
      name: "Nama praktik",
      specialty: "Bidang praktik",
      keepYears: "Lama penyimpanan rekam medis, dalam tahun",
    },
    options: {
      modules: modules.id,
      specialty: {
        general: "Umum",
        dental: "Gigi",
        physiotherapy: "Fisioterapi",
        veterinary: "Hewan",
      },
    },
  },
};
