#!/usr/bin/env node
import '../dist/leat.js';
