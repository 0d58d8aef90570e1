import { parentPort } from 'node:worker_threads';
import { measureFitness } from '../core/cpu-fitness.ts';

const WARM_UP_MS = 20;
const MEASURE_MS = 100;

parentPort?.postMessage(measureFitness(() => performance.now(), { warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS }));
