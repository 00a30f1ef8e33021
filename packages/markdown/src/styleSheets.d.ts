// Style sheets are imported for their effect; bundlers take them from there.
declare module '*.css'
