// Made by reference/deidentify.py from dicom-anonymizer 2.1.0.
/** PS3.15 Table E.1-1, Basic Profile, edition 2026c: tags by action code, ascending, as base-36 steps from one to the next. */
export const actionSteps = {
  D: "b8qu,1,e1hl,g,w,2,1r,8it6,p15,65,eu,2,1,7,j6,66,77,12hvh,1,3,2,8g0d,8fsu,1r,2b4,s9y,9,1v,2,4r,1,1,1,n,16e,1w4h,2tbn,1f3mq,22,29oz,2,8fek,5,2t50,2c,1,2,2,2,1,2,2,1,1,1,1,2,1,zi8wk,g,ul,1,2,81o7a3,462bwi,2t5u,1,8t,2,2,2,2suy,fe,2,re,h,a,7,2a,54,2,4,7,1,u,z,2rvo,5m2u,6,1,1,3,s",
  Z: "b8kg,g,w,1s,c,b8fo,w,g,2t41,f,1,v,g,8iw3,b4zx,18z5v,27,4u,552,1,pd7,6,11fmjg,c7qj6s,1,t,3k,5ncb,4,2w,5kzr,1,2t56,8,4,14,n,2,u,1,4,2",
  X: "35s,b5ed,f,1,f,1,v,1,18,h,2,2,7,9w,2rj,1c,e,2,1,7,1,7,2,e,2,u,4,4,48,dd,1,1,1,2rx,63z,avwx,1,1,1,1,1,b,h,f,1,1,1,1,1,1,9,4x,1,2ym,1,1,3,b,g,g,g,g,g,w,1,f,34,2yo,7k,1s,2,2,1,b,1,1,u,w,g,g,g,w,4n,2,5t3,2giq,1,f,f,2,e,4,s,1,1,f,4,1,35rp,2,2gfh,w,2,1,1,1,1,v,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2t21,e,34f,1,2,1,1,1,6,1,1,2,1a,1,1b,1,5,1,av,1,1,2,1,92z,369,cxg,dq,8,4,4l,103,1cb,1,acys,a8q,2,2,1,2d6,g2g,ash4,dp1u,w,1,1,1,34b,1,f,1,f,1,f,2,1,d,1,f,1,l,1,9,9e8,82ro,c,1,3,6,1,1,1,1,2,1,f,2,e,g,g,1,1,2,ik,74,74,bnk,2gio,df,9,7x,2,8es6,1,1,1,1,1,1,2,2,5,1,1,fj,1,1,1,1,b,1,2,1,x,b,40,e2,g,1o,4q,2,6w,1s7,1,2,1,5,6,1,6p,1,1,l8,2dd,3,1,3,1,7,1,rz,2dd,35w,3,8,1,k,2,1,8,4,1,1,1,p,1,1,ixd,1,f,1,1,1v,2,2,44,2,3k,1,ac,23,1,1,4,2jg,2,5,4,8g7,1,zh,e,4e0i,7,5,6t,gumu,5,1,10iqt,8fi4,1,3,5pri,2,s05m,1dw,2,a,2,4oj66,tyrxs,6q,1,1,98,1,1,f,4f,7tk0tc,8465c,g,w,45wq0h,2,5m1t,2,y,5,1,a,l,1,1j,3,5m63,1,7,3,8,2k,29,q,55,g,c,2s,5x,p7,7s,4,2,6,2ruh,5m3n,1,16,10,4f70y3,cmo,avy8,2,5a,1,1,6,1,1,1,1,5,1,1,1,1,3,1,1,6e,2,72,c1s,1h9bfga,2t4y",
  U: "35t,2pz6,2xam,5i4j,3,1,1,1r,3ct,1s,60r,mar6,9,37b,b26j,1,1w,by,sbl,3,ajat,3f,p798,8fus,bm7,j5t,25,1,i8,ave,1,1ak2c,2t42,gvfb,2qv,1,xmim,ync8w,c7qk2s,4e,5m4x,1t,1b,13a,1z,4w,3p,8dxd,5,8,2,s,a,1f,1",
  "Z/D": "b8kj,g,b8j1,b8j4,u89,3eru3",
  "X/Z": "b8ki,g,3by,bbw3,1bntp,jlrp,9d49m5,3,3w5k3k,2t2l,5m52",
  "X/D": "b8k2,f,g,37l,mh1a,r4,i6i,2,2,7bc,1,1k8wr,35a,d98vuc,2,e2,1,2sol,1,8fgl,1,9,x",
  "X/Z/D": "b8k3,n,2e,2,32m,2o,4h,mgvj",
  "X/Z/U*": "bby8,34i",
} as const;
