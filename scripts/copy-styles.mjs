// The style sheet of a package is written by hand and shipped as it is.
import { copyFileSync } from 'node:fs'

copyFileSync('src/styles.css', 'dist/styles.css')
