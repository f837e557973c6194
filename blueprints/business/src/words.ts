import type { Locale } from "@atoll/blueprint-kit/locales";
import type { WelcomeWords } from "@atoll/blueprint-kit/welcome-mail";
import type { WorkflowModule } from "./modules.ts";

/** The welcome mail's words. */
export const words: Record<Locale, WelcomeWords> = {
  en: {
    subject: (client) => `${client} is ready`,
    preview: "Your address, your login and the first steps",
    hello: (name) => `Hello ${name},`,
    ready: (client) => `the application of ${client} is ready for you.`,
    open: "Sign in",
    address: "Address",
    login: "Login",
    password: "One-time password",
    once: "The password is only for your first sign-in: you choose one of your own there, and nothing opens before.",
    firstSteps: "First steps",
    steps: [
      "Sign in and change the password.",
      "Look around: your modules stand in the menu.",
      "Tell us who else is to have an account.",
    ],
    help: "Questions? Write to",
  },
  fr: {
    subject: (client) => `${client} est prêt`,
    preview: "Votre adresse, votre identifiant et les premiers pas",
    hello: (name) => `Bonjour ${name},`,
    ready: (client) => `l'application de ${client} est prête pour vous.`,
    open: "Se connecter",
    address: "Adresse",
    login: "Identifiant",
    password: "Mot de passe à usage unique",
    once: "Ce mot de passe ne sert qu'à votre première connexion : vous y choisirez le vôtre, et rien ne s'ouvre avant.",
    firstSteps: "Premiers pas",
    steps: [
      "Connectez-vous et changez le mot de passe.",
      "Faites le tour : vos modules se trouvent dans le menu.",
      "Dites-nous qui d'autre doit avoir un compte.",
    ],
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
    once: "Kata sandi ini hanya untuk masuk pertama kali: di sana Anda memilih kata sandi sendiri, dan sebelum itu tidak ada yang terbuka.",
    firstSteps: "Langkah pertama",
    steps: [
      "Masuk dan ganti kata sandi.",
      "Lihat-lihat: modul Anda ada di menu.",
      "Beri tahu kami siapa lagi yang perlu akun.",
    ],
    help: "Ada pertanyaan? Tulis ke",
  },
};

/** What the application tells people about a module's automations. */
export const automations: Record<Locale, Record<WorkflowModule, string[]>> = {
  en: {
    crm: ["Leads from your forms become contacts.", "Every morning: a reminder of overdue tasks."],
    email: [
      "Every five minutes: campaigns that are due go out.",
      "The unsubscribe link in each mail is obeyed at once.",
    ],
    social: ["Every five minutes: posts that are due are published."],
    content: ["Every five minutes: pieces that are due are published."],
  },
  fr: {
    crm: [
      "Les demandes de vos formulaires deviennent des contacts.",
      "Chaque matin : un rappel des tâches en retard.",
    ],
    email: [
      "Toutes les cinq minutes : les campagnes arrivées à échéance sont envoyées.",
      "Le lien de désinscription de chaque e-mail est appliqué aussitôt.",
    ],
    social: ["Toutes les cinq minutes : les publications arrivées à échéance sont publiées."],
    content: ["Toutes les cinq minutes : les contenus arrivés à échéance sont publiés."],
  },
  id: {
    crm: ["Prospek dari formulir Anda menjadi kontak.", "Setiap pagi: pengingat tugas yang terlambat."],
    email: [
      "Setiap lima menit: kampanye yang jatuh tempo dikirim.",
      "Tautan berhenti berlangganan di setiap email langsung berlaku.",
    ],
    social: ["Setiap lima menit: kiriman yang jatuh tempo diterbitkan."],
    content: ["Setiap lima menit: konten yang jatuh tempo diterbitkan."],
  },
};
