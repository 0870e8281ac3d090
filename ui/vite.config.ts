import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // The window's CSP allows fonts and images from the app itself only, so nothing may be inlined as `data:`.
  build: { target: 'es2022', cssTarget: ['safari17.5', 'chrome123'], assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  server: { port: 5173, strictPort: true },
  test: {
    environment: 'happy-dom',
    environmentOptions: {
      happyDOM: { settings: { disableIframePageLoading: true, handleDisabledFileLoadingAsSuccess: true } },
    },
    // Whole windows are mounted; a busy machine needs a while.
    testTimeout: 30_000,
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.ts'],
  },
}));
