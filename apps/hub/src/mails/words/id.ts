import type { Words } from "./en.ts";

/** The hub's mails in Indonesian. */
export const id: Words = {
  footer: "Anda menerima surel ini karena seseorang memakai alamat ini di layanan kami.",
  orOpen: "Atau buka alamat ini:",
  confirm: {
    subject: (name) => `Mohon konfirmasi alamat Anda untuk ${name}`,
    lines: (name) => [
      `seseorang, kemungkinan besar Anda, meminta aplikasi untuk ${name} dan memberikan alamat ini.`,
      "Mohon konfirmasi bahwa alamat ini milik Anda. Sebelum itu, permintaan belum ditinjau.",
      "Jika bukan Anda, tidak perlu melakukan apa pun.",
    ],
    button: "Konfirmasi alamat",
  },
  received: {
    subject: (name) => `Permintaan Anda untuk ${name} sudah kami terima`,
    lines: (name) => [
      `terima kasih: permintaan Anda untuk ${name} sudah masuk dan menunggu ditinjau.`,
      "Anda dapat melihat perkembangannya kapan saja.",
    ],
    button: "Lihat perkembangannya",
  },
  approved: {
    subject: (name) => `${name} sedang disiapkan`,
    lines: (name) => [
      `permintaan Anda untuk ${name} disetujui dan aplikasinya sedang disiapkan. Ini memerlukan beberapa menit.`,
      "Setelah siap, surel berikutnya berisi alamatnya dan kata sandi pertama Anda.",
    ],
    button: "Ikuti prosesnya",
  },
  rejected: {
    subject: (name) => `Permintaan Anda untuk ${name}`,
    lines: (name) => [`saat ini kami belum dapat menyiapkan aplikasi untuk ${name}.`, "Alasannya:"],
    after: "Jika keadaannya berubah, silakan ajukan permintaan lagi.",
  },
  failed: {
    subject: (instance) => `${instance} tidak dapat disiapkan`,
    lines: (instance) => [`proses pada ${instance} gagal:`],
    linesAt: (instance, step) => [`proses pada ${instance} gagal di langkah “${step}”:`],
    next: (next) => `Yang perlu dilakukan: ${next}`,
    undone: "Semua yang sudah dibuat telah dihapus; proses ini dapat dicoba lagi.",
    owed: "Belum semua yang dibuat terhapus: halaman prosesnya menunjukkan apa yang tersisa.",
    button: "Lihat",
    footer: "Anda menerima surel ini karena Anda mengelola hub ini. Daftarnya ada di Pengaturan, Peringatan.",
  },
  drift: {
    subject: (instance) => `Skema ${instance} telah diubah`,
    lines: (instance) => [`basis data ${instance} tidak sesuai dengan migrasinya:`],
    more: (count) => `dan ${count} lainnya`,
    after:
      "Halaman instans menunjukkan setiap perbedaan beserta SQL untuk memperbaikinya. Surel ini dikirim satu kali.",
    button: "Lihat",
  },
  incident: {
    subject: (of: string) => `Ada masalah dengan ${of}`,
    lines: (of: string) => [`hub menemukan masalah dengan ${of}:`],
    after: "Anda diberi tahu sekali, dan sekali lagi ketika sudah selesai.",
    button: "Lihat",
  },
  allClear: {
    subject: (of: string) => `Sudah pulih: ${of}`,
    lines: (of: string) => [`masalah dengan ${of} sudah selesai.`],
    button: "Lihat riwayatnya",
  },
  teamInvitation: {
    roles: {
      admin: "administrator",
      manager: "manajer",
      member: "anggota",
      staff: "staf",
      moderator: "moderator",
      client: "klien",
    },
    subject: (client) => `${client} mengundang Anda`,
    lines: (client, role) => [`Anda diundang ke aplikasi ${client} sebagai ${role}.`],
    fresh: "Tautan ini memasukkan Anda satu kali; setelah itu Anda memilih kata sandi sendiri.",
    known: "Tautan ini memasukkan Anda satu kali; setelah itu masuklah seperti biasa.",
    after:
      "Tautan ini berlaku sebentar saja, sering kali satu jam. Jika sudah habis, mintalah yang baru kepada yang mengundang Anda.",
    button: "Terima undangan",
    footer: "Jika Anda tidak tahu tentang ini, tidak perlu melakukan apa pun.",
  },
  instanceDrift: {
    subject: (instance) => `${instance} diubah di luar hub`,
    subjectBack: (instance) => `${instance} terus diubah di luar hub`,
    lines: (instance) => [`${instance} tidak lagi seperti yang disetujui:`],
    comesBack:
      "Perbedaan itu kembali setelah setiap perbaikan: seseorang atau sesuatu mengubahnya lagi. Perbaikan otomatis dihentikan.",
    after:
      "Halaman instans menunjukkan setiap perbedaan: perbaiki di sana, atau terima. Surel ini dikirim satu kali, dan lagi bila perbedaannya berubah.",
  },
  massDrift: {
    subject: (count) => `${count} instans diubah di luar hub`,
    lines: (count) => [
      `${count} instans tidak lagi seperti yang disetujui. Bila begitu banyak berubah sekaligus, sering kali penyebabnya satu:`,
    ],
    after:
      "Halaman setiap instans menunjukkan perbedaannya: perbaiki di sana, atau terima. Surel ini dikirim satu kali, dan lagi bila perbedaannya berubah.",
  },
  invitation: {
    subject: "Anda diundang ke Atoll",
    lines: (by, role, until) => [
      `${by} mengundang Anda untuk mengelola instans dengan peran ${role}.`,
      `Tautan ini berlaku satu kali, sampai ${until} UTC.`,
    ],
    button: "Terima",
    footer: "Jika Anda tidak tahu tentang ini, tidak perlu melakukan apa pun.",
  },
  hello: "Halo,",
};
