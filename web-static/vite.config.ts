import { defineConfig } from 'vitest/config';

const BROWSER = {
  testTimeout: 90_000,
  hookTimeout: 90_000,
  fileParallelism: false,
  maxWorkers: 1,
};

export default defineConfig({
  build: {
    // Nothing inline: the server's Content-Security-Policy allows files of our own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome100', 'firefox102', 'safari15.4'],
    reportCompressedSize: false,
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/*.test.ts'],
          ...BROWSER,
        },
      },
      {
        // Against the packaged server, which must be built.
        extends: true,
        test: {
          name: 'real',
          include: ['e2e/live.test.ts', 'e2e/real/clock.test.ts'],
          globalSetup: 'e2e/real/setup.ts',
          ...BROWSER,
        },
      },
      {
        extends: true,
        test: { name: 'demo', include: ['e2e/real/demo.test.ts'], ...BROWSER },
      },
    ],
  },
});
