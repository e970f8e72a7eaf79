import { defineConfig, mergeConfig } from 'vitest/config'
import tests from './vitest.config.ts'

/** The races alone, and a kill in the middle, many times each: what happens once in a hundred times is seen here. */
export default mergeConfig(tests, defineConfig({ test: { env: { RACE_ROUNDS: '300' }, testTimeout: 1_800_000 } }))
