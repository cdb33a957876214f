require('./start.js').start().workOnResults();
