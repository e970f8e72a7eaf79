/**
 * How often a race is run, one round after another: few times beside all other tests, and hundreds of times by
 * `npm run test:races`.
 */
export const rounds = Array.from({ length: Number(process.env.RACE_ROUNDS ?? 10) }, (_, round) => round)
