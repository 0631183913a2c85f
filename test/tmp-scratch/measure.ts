import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startTestDatabase } from '../support/order-database.ts';
import { createSchema } from '../../lab/gameday/orders/schema.ts';
const t=performance.now();
const db=await startTestDatabase();
console.log('pg ready', performance.now()-t);
await createSchema((s)=>db.query(s));
async function one(entry:string){
  const t0=performance.now();
  const child=fork(entry,[],{env:{...process.env,ORDERS_HOST:'127.0.1.1',ORDERS_PORT:'18777',ORDERS_REGION:'eu-west-1',ORDERS_DATABASE_NAME:'orders-primary',ORDERS_DATABASE_URL:db.url},execArgv:[]});
  await once(child,'message'); const ms=performance.now()-t0;
  const r=await fetch('http://127.0.1.1:18777/health'); 
  const full=performance.now()-t0;
  const p=await fetch('http://127.0.1.1:18777/orders',{method:'POST',body:JSON.stringify({id:crypto.randomUUID(),item:'x',amountCents:5})});
  const txt=await p.text();
  child.disconnect(); await once(child,'exit'); return [ms.toFixed(0),full.toFixed(0),await r.text(),p.status,txt];
}
try{
for (const e of process.argv.slice(2)) { for(let i=0;i<7;i++){ const r=await one(e); console.log(e.split('/').pop(), i<1?r.join(' '):r.slice(0,2).join(' ')); } }
} finally { await db.destroy(); }
