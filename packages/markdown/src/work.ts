/** Counts the steps of the loops that could become quadratic, so that tests can hold the parser to linear work. */
export const work = { steps: 0 }
