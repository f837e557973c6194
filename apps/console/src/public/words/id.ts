import type { Words } from "./en.ts";

/** The public pages in Indonesian. */
export const id: Words = {
  languages: "Bahasa",
  loading: "Mohon tunggu sebentar…",
  again: "Coba lagi",

  ask: {
    title: "Minta aplikasi Anda sendiri",
    intro:
      "Beberapa pertanyaan, dua menit. Permintaan Anda kami tinjau, lalu semuanya kami siapkan untuk Anda.",
    optional: (label) => `${label} (opsional)`,
    letUsChoose: "Pilihkan untuk saya",
    send: "Kirim permintaan",
    sending: "Mengirim…",
    unknown: "Tidak ada yang bisa diminta di alamat ini.",
    unknownNext: "Mohon periksa tautan yang Anda terima.",
  },

  fields: {
    name: { label: "Nama usaha Anda", help: "Seperti Anda sendiri menuliskannya." },
    slug: {
      label: "Nama singkat",
      help: "Bagian dari alamat web Anda: huruf kecil, angka, dan tanda hubung.",
    },
    adminEmail: {
      label: "Alamat surel",
      help: "Kami menghubungi Anda lewat alamat ini, dan ini menjadi akun pertama.",
    },
    adminName: { label: "Nama Anda", help: "Agar kami tahu cara menyapa Anda." },
    region: {
      label: "Tempat data Anda disimpan",
      help: "Paling cepat jika dekat dengan pengguna Anda. Jika dikosongkan, kami pilihkan yang baik.",
    },
    modules: { label: "Yang ingin Anda pakai", help: "Dapat diubah kapan saja." },
    locale: { label: "Bahasa aplikasi Anda", help: "Surel dari kami juga memakai bahasa ini." },
  },

  options: {
    modules: {
      crm: { label: "Pelanggan", help: "Kontak, percakapan, dan langkah berikutnya" },
      email: { label: "Surel", help: "Buletin dan kampanye" },
      social: { label: "Media sosial", help: "Merencanakan dan menerbitkan kiriman" },
      content: { label: "Konten", help: "Menulis dan menyimpan teks serta gambar" },
      accommodation: { label: "Penginapan", help: "Kamar, tamu, dan pemesanan" },
    },
    region: {
      "us-east-1": "Amerika Serikat, Virginia",
      "us-east-2": "Amerika Serikat, Ohio",
      "us-west-1": "Amerika Serikat, California",
      "us-west-2": "Amerika Serikat, Oregon",
      "ca-central-1": "Kanada, Montreal",
      "sa-east-1": "Brasil, São Paulo",
      "eu-west-1": "Irlandia, Dublin",
      "eu-west-2": "Inggris, London",
      "eu-west-3": "Prancis, Paris",
      "eu-north-1": "Swedia, Stockholm",
      "eu-central-1": "Jerman, Frankfurt",
      "eu-central-2": "Swiss, Zurich",
      "ap-south-1": "India, Mumbai",
      "ap-southeast-1": "Singapura",
      "ap-southeast-2": "Australia, Sydney",
      "ap-northeast-1": "Jepang, Tokyo",
      "ap-northeast-2": "Korea Selatan, Seoul",
      "ap-east-1": "Hong Kong",
    },
    locale: { en: "English", fr: "Français", id: "Bahasa Indonesia" },
  },

  check: {
    missing: "Mohon isi bagian ini.",
    choose: "Mohon pilih paling sedikit satu.",
    email: "Ini tampaknya bukan alamat surel: harus ada @ lalu titik.",
    slug: "Pakai 3 sampai 40 huruf kecil, angka, dan tanda hubung tunggal, diawali huruf. Beberapa kata, seperti “admin”, sudah dipakai.",
    refused: "Mohon periksa bagian ini sekali lagi.",
    some: "Beberapa jawaban perlu diperiksa lagi.",
  },

  trouble: {
    tooMany: "Terlalu banyak sekaligus. Mohon coba lagi nanti.",
    ours: "Ada masalah di pihak kami. Tidak ada yang hilang: mohon coba lagi sebentar lagi.",
    offline: "Server tidak dapat dijangkau. Mohon periksa sambungan Anda, lalu coba lagi.",
    link: "Tautan ini tidak berlaku. Mohon buka tautan di surel terbaru dari kami, atau ajukan permintaan lagi.",
    other: "Kami belum dapat menerima ini.",
  },

  sent: {
    title: "Hampir selesai: silakan buka kotak surel Anda",
    mail: (email) =>
      `Kami telah mengirim surel ke ${email}. Buka tautannya untuk mengonfirmasi alamat; setelah itu permintaan Anda kami tinjau.`,
    noMail: "Belum ada setelah beberapa menit? Periksa folder spam.",
    titleDone: "Terima kasih, permintaan Anda sudah kami terima",
    done: "Permintaan Anda segera ditinjau. Anda tidak perlu melakukan apa pun.",
    follow: "Lihat perkembangannya",
  },

  confirm: {
    title: "Konfirmasi alamat Anda",
    intro: "Cukup satu tekan, dan kami tahu bahwa permintaan ini dari Anda.",
    button: "Ya, ini alamat saya",
    busy: "Mengonfirmasi…",
    doneTitle: "Terima kasih, sudah dikonfirmasi",
    done: (name) =>
      `Permintaan Anda untuk ${name} kini kami tinjau. Surel berisi tautan untuk mengikutinya sedang dikirim.`,
    noToken: "Alamat ini tidak lengkap. Mohon buka tautan di surel kami sekali lagi.",
  },

  status: {
    title: (name) => `Permintaan Anda untuk ${name}`,
    since: (date) => `Diminta pada ${date}`,
    stages: { asked: "Diminta", confirmed: "Alamat dikonfirmasi", approved: "Disetujui", ready: "Siap" },
    stageDone: "selesai",
    stageNow: "sekarang",
    stageNext: "berikutnya",
    unconfirmed: "Mohon konfirmasi alamat Anda: tautannya ada di surel yang kami kirim.",
    pending: "Permintaan Anda sudah kami terima. Kami segera meninjaunya, dan Anda akan mendapat surel.",
    approved: "Kabar baik: permintaan Anda disetujui. Kami segera mulai.",
    provisioning:
      "Kami sedang menyiapkan semuanya untuk Anda. Ini memerlukan beberapa menit; halaman ini boleh ditutup.",
    deployed: "Semuanya sudah siap. Kata sandi pertama Anda dikirim lewat surel.",
    failed:
      "Ada yang tidak berjalan sesuai rencana. Kami sudah tahu dan sedang menanganinya; Anda tidak perlu melakukan apa pun.",
    rejected: "Saat ini kami belum dapat menyiapkannya untuk Anda.",
    reason: "Alasannya",
    askAgain: "Jika keadaannya berubah, silakan ajukan permintaan lagi.",
    withdrawn: "Permintaan ini telah ditarik kembali.",
    open: "Buka aplikasi Anda",
    address: "Alamat Anda",
    noToken: "Alamat ini tidak lengkap. Mohon buka tautan di surel kami sekali lagi.",
    stale: "Sedang tidak ada sambungan. Yang Anda lihat mungkin sudah agak lama; kami terus mencoba.",
  },

  live: {
    title: "Yang sedang terjadi",
    bar: "Kemajuan",
    count: (done, of) => `${done} dari ${of} langkah selesai`,
    now: "Sekarang",
    done: "Selesai",
    retrying: "Satu langkah perlu dicoba lagi; itu berjalan dengan sendirinya.",
    undoing: "Kami sedang merapikan yang sudah dimulai.",
    starting: "Segera dimulai.",
    other: "Satu bagian lagi",
  },

  steps: {
    "supabase.project": "Basis data milik Anda sendiri",
    "supabase.database": "Menyalakan basis data",
    "supabase.api-keys": "Kunci untuk akses yang aman",
    "postgres.schema": "Tabel untuk data Anda",
    "supabase.user": "Akun Anda",
    "supabase.auth-config": "Cara masuk",
    "github.repository": "Tempat untuk kode aplikasi Anda",
    "github.file": "Pengaturan Anda",
    "vercel.project": "Tempat di web",
    "vercel.environment": "Menghubungkan situs dengan basis data",
    "vercel.deployment": "Membangun dan menerbitkan situs Anda",
    "netlify.site": "Tempat di web",
    "netlify.environment": "Menghubungkan situs dengan basis data",
    "netlify.deployment": "Membangun dan menerbitkan situs Anda",
    "n8n.credential": "Akses untuk otomatisasi Anda",
    "n8n.workflow": "Otomatisasi Anda",
    "gitea.folder": "Berkas Anda",
    "email.send": "Surel sambutan untuk Anda",
  },
};
