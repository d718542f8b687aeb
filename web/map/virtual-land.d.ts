declare module 'virtual:land' {
  /** Coasts, each in the form that `ringOf` reads. */
  export const rings: readonly (readonly number[])[];
}
