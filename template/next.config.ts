import type { NextConfig } from "next";

const config: NextConfig = {
  // One small folder with only what the server needs: it starts in a fraction of a second and needs no npm.
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingIncludes: { "/**": ["./client-config.json"] },
  turbopack: { root: import.meta.dirname },
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // A logo of 2 MB passes through an action; other files go straight to the store.
  experimental: { serverActions: { bodySizeLimit: "3mb" } },
  // `npm run check` checks the types; a deployment need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Browsers ask for it beside every page and download, whatever a page says of its icon.
  async rewrites() {
    return [{ source: "/favicon.ico", destination: "/icon.svg" }];
  },
  async headers() {
    return [
      {
        source: "/:path*",
        headers: [
          { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "X-Frame-Options", value: "DENY" },
          { key: "Referrer-Policy", value: "same-origin" },
          { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
          { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        ],
      },
    ];
  },
};

export default config;
