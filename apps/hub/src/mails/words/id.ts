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
  hello: "Halo,",
};
