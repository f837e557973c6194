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
