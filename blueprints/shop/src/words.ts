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
    ready: (client) => `the shop ${client} is ready for you.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there, and nothing opens before.",
    firstSteps: "First steps",
    steps: [
      "Sign in and change the password.",
      "Fill in the shop's settings: its address, and how customers reach you.",
      "Add your first product with its price, note how many you have, and publish it.",
    ],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `Votre boutique ${client} est prête`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `la boutique ${client} est prête pour vous.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre, et rien ne s'ouvre avant.",
    firstSteps: "Premiers pas",
    steps: [
      "Connectez-vous et changez le mot de passe.",
      "Complétez les réglages de la boutique : son adresse et comment vos clients vous joignent.",
      "Ajoutez votre premier produit avec son prix, indiquez le stock et publiez-le.",
    ],
    help: "Des questions ? Écrivez à",
  },
  id: {
    subject: (client) => `${client} sudah siap`,
    preview: "Alamat, login, dan langkah pertama Anda",
    hello: (name) => `Halo ${name},`,
    ready: (client) => `toko ${client} sudah siap untuk Anda.`,
    open: "Masuk",
    address: "Alamat",
    login: "Login",
    password: "Kata sandi sekali pakai",
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri, dan sebelum itu tidak ada yang terbuka.",
    firstSteps: "Langkah pertama",
    steps: [
      "Masuk dan ganti kata sandi.",
      "Lengkapi pengaturan toko: alamat dan cara pelanggan menghubungi Anda.",
      "Tambahkan produk pertama beserta harganya, catat stoknya, lalu terbitkan.",
    ],
    help: "Ada pertanyaan? Tulis ke",
  },
};

/** What each question is called where people answer it. */
export const questionWords: Record<Locale, Record<keyof Answers, string>> = {
  en: {
    name: "Name of the shop",
    slug: "Short name in the address",
    adminEmail: "Email of the first admin",
    adminName: "Name of the first admin",
    currency: "Currency of the prices",
    region: "Where the data is kept",
    modules: "Modules",
    locale: "Language",
  },
  fr: {
    name: "Nom de la boutique",
    slug: "Nom court dans l'adresse",
    adminEmail: "E-mail du premier administrateur",
    adminName: "Nom du premier administrateur",
    currency: "Devise des prix",
    region: "Lieu de stockage des données",
    modules: "Fonctionnalités",
    locale: "Langue",
  },
  id: {
    name: "Nama toko",
    slug: "Nama singkat di alamat",
    adminEmail: "Email admin pertama",
    adminName: "Nama admin pertama",
    currency: "Mata uang harga",
    region: "Lokasi penyimpanan data",
    modules: "Modul",
    locale: "Bahasa",
  },
};

/** What each module is called in the menu. */
export const moduleWords: Record<Locale, Record<ModuleName, string>> = {
  en: { catalog: "Catalog", orders: "Orders", stock: "Stock", customers: "Customers" },
  fr: { catalog: "Catalogue", orders: "Commandes", stock: "Stock", customers: "Clients" },
  id: { catalog: "Katalog", orders: "Pesanan", stock: "Stok", customers: "Pelanggan" },
};

/** What the application tells people about a module's automations. */
export const automationWords: Record<Locale, Record<WorkflowModule, string[]>> = {
  en: {
    orders: [
      "Every five minutes: new orders are confirmed by email, and your team is told.",
      "Payments that your payment provider reports mark the order as paid.",
      "Every hour: orders that were not paid in time are cancelled and their goods go back to the shelf.",
    ],
    stock: ["Every morning: a list of what runs low."],
  },
  fr: {
    orders: [
      "Toutes les cinq minutes : les nouvelles commandes sont confirmées par e-mail et votre équipe est prévenue.",
      "Les paiements signalés par votre prestataire marquent la commande comme payée.",
      "Toutes les heures : les commandes non payées à temps sont annulées et leurs articles remis en stock.",
    ],
    stock: ["Chaque matin : la liste de ce qui vient à manquer."],
  },
  id: {
    orders: [
      "Setiap lima menit: pesanan baru dikonfirmasi lewat email dan tim Anda diberi tahu.",
      "Pembayaran yang dilaporkan penyedia pembayaran menandai pesanan sebagai lunas.",
      "Setiap jam: pesanan yang tidak dibayar tepat waktu dibatalkan dan barangnya kembali ke stok.",
    ],
    stock: ["Setiap pagi: daftar stok yang menipis."],
  },
};

/** What the form calls questions and choices. */
export const form: FormWords = Object.fromEntries(
  locales.map((locale) => [
    locale,
    { fields: questionWords[locale], options: { modules: moduleWords[locale] } },
  ]),
);
