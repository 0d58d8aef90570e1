import { parentPort, workerData } from 'node:worker_threads';
import { importConfig } from './import-config.ts';

/** Reads one configuration and gives its value away. */
parentPort?.postMessage({ value: await importConfig(String(workerData)) });
