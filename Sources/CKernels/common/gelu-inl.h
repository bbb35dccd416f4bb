// GELU by the hyperbolic tangent (Hendrycks and Gimpel, arXiv:1606.08415), written with e^x as SiLU is:
// z/2 · (1 + tanh(u)) with u = sqrt(2/π)·(z + 0.044715·z³) is z / (1 + e^−2u), and −2u = z·(c0 + c1·z²).

#ifndef CK_GELU_INL_H
#define CK_GELU_INL_H

// −2·sqrt(2/π), and that times 0.044715.
#define CK_GELU_C0 -1.5957691216f
#define CK_GELU_C1 -0.0713548163f

#endif
