# Writes ../test/golden/proc.json (pROC on its own aSAH set) and ../test/golden/distributions.json (R's tails).
# Rscript golden.R [VanDyke.csv]: with the file, also ../test/golden/vanDykeR.json, by definition and without any package.
suppressMessages(library(pROC))
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
golden <- function(name) file.path(here, "..", "test", "golden", name)
number <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", as.numeric(x)))
object <- function(values) paste0("{", paste0('"', names(values), '": ', values, collapse = ", "), "}")
array <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")

data(aSAH)
curve <- function(marker, rows = TRUE) roc(aSAH$outcome[rows], aSAH[[marker]][rows], levels = c("Good", "Poor"), direction = "<", quiet = TRUE)
marker <- function(name) {
  r <- curve(name)
  part <- function(focus, low, high, correct = FALSE) number(suppressWarnings(auc(r, partial.auc = c(high, low), partial.auc.focus = focus, partial.auc.correct = correct)))
  object(list(
    "auc" = number(auc(r)), "delong_ci95" = array(ci.auc(r)[c(1, 3)]), "delong_ci95_female" = array(ci.auc(curve(name, aSAH$gender == "Female"))),
    "pauc_spec_.9_1" = part("specificity", .9, 1), "pauc_spec_.8_.9" = part("specificity", .8, .9),
    "pauc_sens_.9_1" = part("sensitivity", .9, 1), "pauc_sens_.8_.9" = part("sensitivity", .8, .9), "pauc_sens_.8_1" = part("sensitivity", .8, 1),
    "mcclish_spec_.9_1" = part("specificity", .9, 1, TRUE), "mcclish_sens_.9_1" = part("sensitivity", .9, 1, TRUE), "mcclish_sens_.8_1" = part("sensitivity", .8, 1, TRUE)
  ))
}
paired <- roc.test(curve("wfns"), curve("ndka"), method = "delong")
made <- paste0('"pROC ', packageVersion("pROC"), ', R ', getRversion(), ', reference/golden.R, aSAH n=113"')
writeLines(object(list(
  "made by" = made, wfns = marker("wfns"), ndka = marker("ndka"),
  "delong_test_wfns_ndka" = object(list(Z = number(paired$statistic), p = number(paired$p.value)))
)), golden("proc.json"))

f <- expand.grid(f = c(.1, 1, 4.5, 40), df1 = c(1, 3), df2 = c(2, 15.06611, 400))
chi <- expand.grid(x = c(.1, 1, 5.475953, 60), df = c(1, 4))
t <- expand.grid(t = c(.2, 2, 9), df = c(1, 4.3, 150))
nc <- expand.grid(f = c(1, 4, 12), df2 = c(4, 15.2, 300), lambda = c(.5, 7.8, 40))
p <- c(1e-300, 1e-12, .0005, .02, .02425, .3, .5, .8, .975, .99999)
q <- expand.grid(confidence = c(.5, .95, .999), df = c(1, 4.3, 150))
writeLines(object(list(
  "made by" = paste0('"R ', getRversion(), ', reference/golden.R"'),
  fTail = paste0("[", paste(apply(cbind(f, pf(f$f, f$df1, f$df2, lower.tail = FALSE)), 1, array), collapse = ", "), "]"),
  chiSquareTail = paste0("[", paste(apply(cbind(chi, pchisq(chi$x, chi$df, lower.tail = FALSE)), 1, array), collapse = ", "), "]"),
  studentTwoSided = paste0("[", paste(apply(cbind(t, 2 * pt(t$t, t$df, lower.tail = FALSE)), 1, array), collapse = ", "), "]"),
  studentHalfWidth = paste0("[", paste(apply(cbind(q, qt((1 + q$confidence) / 2, q$df)), 1, array), collapse = ", "), "]"),
  noncentralFTail = paste0("[", paste(apply(cbind(nc, pf(nc$f, 1, nc$df2, ncp = nc$lambda, lower.tail = FALSE)), 1, array), collapse = ", "), "]"),
  normalQuantile = paste0("[", paste(apply(cbind(p, qnorm(p)), 1, array), collapse = ", "), "]"),
  normalCdf = paste0("[", paste(apply(cbind(c(-30, -5, -.3, 0, 1, 6), pnorm(c(-30, -5, -.3, 0, 1, 6))), 1, array), collapse = ", "), "]")
)), golden("distributions.json"))

# Obuchowski and Rockette by its definition: all pairs compared, each case left out in turn.
file <- commandArgs(TRUE)
if (length(file) == 1) {
  d <- read.csv(file)
  I <- 2; J <- 5
  truth <- with(d[d$reader == 1 & d$treatment == 1, ], truth[order(case)])
  rating <- lapply(1:(I * J), function(k) with(d[d$treatment == (k - 1) %/% J + 1 & d$reader == (k - 1) %% J + 1, ], rating[order(case)]))
  kernel <- function(s, keep = TRUE) outer(s[keep & truth == 1], s[keep & truth == 0], function(x, y) (x > y) + (x == y) / 2)
  K <- lapply(rating, kernel)
  A <- sapply(K, mean)
  m <- sum(truth); n <- sum(!truth); N <- m + n
  left <- sapply(rating, function(s) sapply(1:N, function(i) mean(kernel(s, seq_len(N) != i))))
  jackknife <- cov(left) * (N - 1)^2 / N
  delong <- cov(sapply(K, rowMeans)) / m + cov(sapply(K, colMeans)) / n
  unbiased <- outer(1:(I * J), 1:(I * J), Vectorize(function(a, b) {
    x <- K[[a]]; y <- K[[b]]
    same <- sum(x * y); rows <- sum(rowSums(x) * rowSums(y)) - same; columns <- sum(colSums(x) * colSums(y)) - same
    neither <- sum(x) * sum(y) - same - rows - columns
    A[a] * A[b] - neither / (m * n * (m - 1) * (n - 1))
  }))
  area <- matrix(A, I, J, byrow = TRUE)
  MST <- J * var(rowMeans(area)); MSR <- I * var(colMeans(area))
  MSTR <- sum((area - outer(rowMeans(area), colMeans(area), "+") + mean(area))^2) / ((I - 1) * (J - 1))
  treatment <- (0:(I * J - 1)) %/% J; reader <- (0:(I * J - 1)) %% J
  same <- function(x) outer(x, x, "==")
  analysis <- function(S) {
    v <- mean(S[same(treatment) & same(reader)]); c1 <- mean(S[!same(treatment) & same(reader)])
    c2 <- mean(S[same(treatment) & !same(reader)]); c3 <- mean(S[!same(treatment) & !same(reader)])
    den <- MSTR + J * max(c2 - c3, 0); df2 <- den^2 / (MSTR^2 / ((I - 1) * (J - 1)))
    x2 <- (I - 1) * MST / (v - c1 + (J - 1) * max(c2 - c3, 0))
    object(list(variance = number(v), cov1 = number(c1), cov2 = number(c2), cov3 = number(c3), F = number(MST / den), df2 = number(df2),
      p = number(pf(MST / den, I - 1, df2, lower.tail = FALSE)), X2 = number(x2), X2p = number(pchisq(x2, I - 1, lower.tail = FALSE))))
  }
  writeLines(object(list("made by" = paste0('"R ', getRversion(), ', reference/golden.R, by definition"'), treatment = number(MST), reader = number(MSR), treatmentByReader = number(MSTR),
    jackknife = analysis(jackknife), delong = analysis(delong), unbiased = analysis(unbiased))), golden("vanDykeR.json"))
}
