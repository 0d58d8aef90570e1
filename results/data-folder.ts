/** Name of the database file in the data folder. */
export const DATABASE_FILE = 'vigie.db';
/** Name of the folder of artefacts in the data folder. */
export const ARTEFACT_FOLDER = 'artefacts';
/** Name of the folder of copies in the data folder. */
export const BACKUP_FOLDER = 'backups';
