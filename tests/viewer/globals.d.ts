declare var nodes: any;
