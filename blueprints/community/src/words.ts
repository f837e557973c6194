import { type Locale, locales } from "@atoll/blueprint-kit/locales";
import type { WelcomeWords } from "@atoll/blueprint-kit/welcome-mail";
import type { FormWords } from "@atoll/core/blueprint";
import type { CommunityType, ModuleName, WorkflowModule } from "./modules.ts";
import type { Answers } from "./questions.ts";

/** The welcome mail's words. */
export const words: Record<Locale, WelcomeWords> = {
  en: {
    subject: (client) => `${client} is ready`,
    preview: "Your address, your login and the first steps",
    hello: (name) => `Hello ${name},`,
    ready: (client) => `the community page of ${client} is ready for you.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there, and nothing opens before.",
    firstSteps: "First steps",
    steps: [
      "Sign in and change the password.",
      "Open the vault (/admin/vault): name, town, map centre and the keys of other services stand there.",
      "Put your first places on the map and publish an announcement.",
    ],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `${client} est prêt`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `la page communautaire de ${client} est prête pour vous.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre, et rien ne s'ouvre avant.",
    firstSteps: "Premiers pas",
    steps: [
      "Connectez-vous et changez le mot de passe.",
      "Ouvrez le coffre (/admin/vault) : le nom, la ville, le centre de la carte et les clés des autres services s'y trouvent.",
      "Placez vos premiers lieux sur la carte et publiez une annonce.",
    ],
    help: "Des questions ? Écrivez à",
  },
  id: {
    subject: (client) => `${client} sudah siap`,
    preview: "Alamat, login, dan langkah pertama Anda",
    hello: (name) => `Halo ${name},`,
    ready: (client) => `halaman komunitas ${client} sudah siap untuk Anda.`,
    open: "Masuk",
    address: "Alamat",
    login: "Login",
    password: "Kata sandi sekali pakai",
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri, dan sebelum itu tidak ada yang terbuka.",
    firstSteps: "Langkah pertama",
    steps: [
      "Masuk dan ganti kata sandi.",
      "Buka brankas (/admin/vault): nama, kota, pusat peta, dan kunci layanan lain ada di sana.",
      "Tambahkan tempat pertama di peta dan terbitkan sebuah pengumuman.",
    ],
    help: "Ada pertanyaan? Tulis ke",
  },
};

/** What each question is called where people answer it. */
export const questionWords: Record<Locale, Record<keyof Answers, string>> = {
  en: {
    communityType: "Type of community",
    name: "Name of the community",
    city: "Town or place",
    mapCenter: "Centre of the map (latitude, longitude)",
    slug: "Short name in the address",
    adminEmail: "Email of the first admin",
    adminName: "Name of the first admin",
    contactEmail: "Contact address shown on the page",
    botName: "Name of the bot",
    federation: "Visible to other communities",
    region: "Where the data is kept",
    modules: "Modules",
    locale: "Language",
  },
  fr: {
    communityType: "Type de communauté",
    name: "Nom de la communauté",
    city: "Ville ou lieu",
    mapCenter: "Centre de la carte (latitude, longitude)",
    slug: "Nom court dans l'adresse",
    adminEmail: "E-mail du premier administrateur",
    adminName: "Nom du premier administrateur",
    contactEmail: "Adresse de contact affichée sur la page",
    botName: "Nom du bot",
    federation: "Visible par les autres communautés",
    region: "Lieu de stockage des données",
    modules: "Fonctionnalités",
    locale: "Langue",
  },
  id: {
    communityType: "Jenis komunitas",
    name: "Nama komunitas",
    city: "Kota atau tempat",
    mapCenter: "Pusat peta (lintang, bujur)",
    slug: "Nama singkat di alamat",
    adminEmail: "Email admin pertama",
    adminName: "Nama admin pertama",
    contactEmail: "Alamat kontak di halaman",
    botName: "Nama bot",
    federation: "Terlihat oleh komunitas lain",
    region: "Lokasi penyimpanan data",
    modules: "Modul",
    locale: "Bahasa",
  },
};

/** What each type of community is called. */
export const communityTypeWords: Record<Locale, Record<CommunityType, string>> = {
  en: {
    municipality: "Municipality",
    neighbourhood: "Neighbourhood",
    university: "University",
    school: "School",
    association: "Association",
    company: "Company",
    other: "Other",
  },
  fr: {
    municipality: "Commune",
    neighbourhood: "Quartier",
    university: "Université",
    school: "École",
    association: "Association",
    company: "Entreprise",
    other: "Autre",
  },
  id: {
    municipality: "Kota",
    neighbourhood: "Lingkungan",
    university: "Universitas",
    school: "Sekolah",
    association: "Perkumpulan",
    company: "Perusahaan",
    other: "Lainnya",
  },
};

/** What each module is called in the menu. */
export const moduleWords: Record<Locale, Record<ModuleName, string>> = {
  en: {
    places: "Places",
    announcements: "Announcements",
    members: "Members",
    bot: "Bot",
    federation: "Federation",
  },
  fr: {
    places: "Lieux",
    announcements: "Annonces",
    members: "Membres",
    bot: "Bot",
    federation: "Fédération",
  },
  id: {
    places: "Tempat",
    announcements: "Pengumuman",
    members: "Anggota",
    bot: "Bot",
    federation: "Federasi",
  },
};

/** What the application tells people about a module's automations. */
export const automationWords: Record<Locale, Record<WorkflowModule, string[]>> = {
  en: {
    announcements: ["Every five minutes: scheduled announcements that are due are published."],
    members: ["Whoever asks to join on your page is put on the list, and moderators are told."],
    bot: ["Questions from your page are answered by the bot, from your announcements."],
  },
  fr: {
    announcements: ["Toutes les cinq minutes : les annonces programmées arrivées à échéance sont publiées."],
    members: [
      "Qui demande à rejoindre la communauté est ajouté à la liste, et les modérateurs sont prévenus.",
    ],
    bot: ["Le bot répond aux questions posées sur votre page, à partir de vos annonces."],
  },
  id: {
    announcements: ["Setiap lima menit: pengumuman terjadwal yang jatuh tempo diterbitkan."],
    members: ["Siapa pun yang meminta bergabung dimasukkan ke daftar, dan moderator diberi tahu."],
    bot: ["Bot menjawab pertanyaan dari halaman Anda berdasarkan pengumuman Anda."],
  },
};

/** What the form calls questions and choices. */
export const form: FormWords = Object.fromEntries(
  locales.map((locale) => [
    locale,
    {
      fields: questionWords[locale],
      options: { modules: moduleWords[locale], communityType: communityTypeWords[locale] },
    },
  ]),
);
