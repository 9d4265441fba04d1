// Made by reference/deidentify.py from pydicom 3.0.2.
/** Binary numbers that may come more than once (PS3.6 6): tags by the most values of one, ascending, as base-36 steps from one to the next. */
export const multiplicitySteps = {
  "16": "19r7t,1,33kzl,d75zic,b9u4",
  "2": "b957,2u0,mgw9,155,1zi,fsj,6cc,1,e,2,3,1e,hr,b,6a,10,1,7,g,x,d8dd,2,40v,4,1,8ujw,2ys,x42z,8f1u,5p,h,2t4e,1,19hdw,7e,28,5c,aoj4,1,3,1o,1,1,1,f4,2sp1,4,8fh0,d760e2,3y,a3,1,5,7,7o,13,2s47",
  "3": "b955,b7z3,bcvw,200,m6d,7,39,1,9b,1,59,5,1m,ed,b82y,7,aiuw,1,1,1,1,lf,5iz,p167,j,gutf,2spa,10irc,2t4q,1,2t5b,4,1,3cz8,1c,1c,4g,3k,g,aog7,d6,6,a,1,bz,2yt,e7,2,a,6q,1,1,72,78,2p7d,1,8enj,d7602r,kf,ek,9,8eb0,4ftl69,1,m,1,13,t,1,p",
  "4": "xte8,mgox,1,1,2icl0,7t,9c,1s,as5x,2pkz,2wqa,5ili",
  "6": "yj4o,b82y,2piqg,3d86,as6r,lf",
  "9": "42mz4,lx8w",
  "99": "8y4wlt",
  n: "b950,2,2u3,1,mwog,2,4,2,6,35i,2,6ch,l9,1,1,5m,qn,8n,1,1,au2u,cwn,qp,1zq2,4d0,8b0j,1,2k,a,i,oy,la,v,25b,5xi,9i2,g,g,5e,e,a9f,3,1,xp1n,2vy,3m,4,17,1,1,8n,b89,qw0t,g,g,w,g,g,g,g,34,h44g,2jmz,5mad,3cq8,29j4,8ff6,3j7,7,2pmu,e,k,2,2,2,2,2,4,1,b3,6,ey,jn4k,1,yykux,8bntgu,3w5jy1,2l,2tky,4p,5,2,3,j4,1,8ea7,1,4ftl6r",
} as const;
