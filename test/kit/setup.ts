import { cleanAfterFile } from './at-the-end.ts'

cleanAfterFile()
